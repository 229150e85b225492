"""`confcontract inspect`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from confcontract.cli.common import echo, not_empty, report


def inspect(
    image: Annotated[
        str,
        typer.Argument(
            metavar="REF",
            help="docker://HOST/REPO:TAG[@DIGEST], oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE or "
            "containers-storage:REF.",
        ),
    ],
    format: Annotated[Literal["text", "json"], typer.Option(help="Of what is written to stdout.")] = "text",  # noqa: A002
    platform: Annotated[
        str | None,
        typer.Option(
            metavar="OS/ARCH",
            help="Of several images, such as linux/arm64. Else $DOCKER_DEFAULT_PLATFORM, else this machine's.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Show an image and the contract in it, without running or unpacking it."""
    import json

    from confcontract.inspection.image_facts import facts_as_text, image_facts

    not_empty("--platform", platform)
    facts, problems = image_facts(image, platform)
    if format == "json":
        echo(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", data=True)
    else:
        echo(facts_as_text(facts))
    if problems:
        report(problems, sys.stderr)
    return 0
