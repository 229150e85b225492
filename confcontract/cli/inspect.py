"""`confcontract inspect`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from confcontract.cli.common import echo, not_empty, report
from confcontract.cli.image_options import ImagePlatform, ImageReference


def inspect(
    image: ImageReference,
    format: Annotated[Literal["text", "json"], typer.Option(help="Format of the output on stdout.")] = "text",  # noqa: A002
    platform: ImagePlatform = None,
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
