"""`confcontract verify`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from confcontract.cli.common import echo, not_empty, report
from confcontract.cli.image_options import ImagePlatform, ImageReference
from confcontract.cli.two_contracts import evaluated


def verify(
    image: ImageReference,
    key: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The public key that must have signed, in PEM.", show_default=False),
    ] = None,
    attestations: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="A folder with the files of attest, to use instead of what is attached.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Format of the output on stdout.")] = "text",  # noqa: A002
    platform: ImagePlatform = None,
) -> int:
    """Check an image against its contract, labels, provenance and SBOM. Exit 0: it matches. 1: no. 2: not evaluated."""
    for option, value in {"--key": key, "--attestations": attestations, "--platform": platform}.items():
        not_empty(option, value)

    def work() -> int:
        from confcontract.attestation.verification import verify
        from confcontract.attestation.verification_shown import verification_as_json, verification_as_text

        found = verify(image, platform, attestations, key)
        if format == "json":
            echo(verification_as_json(found), data=True)
        else:
            echo(verification_as_text(found))
            if found.problems:
                report(found.problems, sys.stderr)
        return found.result.exit_code

    return evaluated(work)
