"""`confcontract version`."""

from __future__ import annotations

from confcontract.cli.common import echo


def version() -> None:
    """Show the version of confcontract."""
    from confcontract import __version__

    echo(f"confcontract {__version__}\n")
