"""`confcontract tag`."""

from __future__ import annotations

from typing import Annotated

import typer

from confcontract.cli.common import echo, load


def tag(
    contract: Annotated[
        str | None,
        typer.Argument(
            metavar="CONTRACT",
            help="The contract. Default: $CONFCONTRACT_PATH, or else /etc/confcontract/contract.json.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Print a tag for the image that names its version and its contract."""
    from confcontract.compare.image_tag import image_tag

    echo(image_tag(load(contract)) + "\n", data=True)
