# ruff: noqa: ARG001 - the arguments are only there for --help
"""`confcontract probe --help`; the probe itself doesn't use Typer."""

from __future__ import annotations

from typing import Annotated, Literal

import typer


def probe(
    what: Annotated[Literal["live", "ready", "startup"], typer.Argument(help="The question to answer.")],
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="Limit for the whole answer. Default: each check's own timeout; for a supervisor 5 seconds.",
        ),
    ] = None,
) -> int:
    """Print whether the application that boot started is live, ready or started. Exit 0: yes. 1: no."""
    raise AssertionError("confcontract/__main__.py sends probes past Typer; only its --help comes here")
