"""`confcontract explain`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from confcontract.cli.common import ContractFile, EnvFiles, echo, load, report, resolved


def explain(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    format: Annotated[  # noqa: A002
        Literal["text", "json"], typer.Option(help="text is a table on a terminal, NAME=value lines otherwise.")
    ] = "text",
) -> int:
    """Show every variable: its value, where that came from, and what it overrides. Secrets are masked."""
    import os

    from confcontract import terminal
    from confcontract.boot.explain import render_json, render_plain, render_table, rows
    from confcontract.problem import INFO

    resolution = resolved(load(contract), dict(os.environ), env_file, ())
    table = rows(resolution)
    if format == "json":
        echo(render_json(table))
    elif terminal.is_terminal(sys.stdout):
        echo(render_table(table, terminal.width_of(sys.stdout), terminal.wants_color(sys.stdout, os.environ)))
    else:
        echo(render_plain(table))
    if not resolution.ok:
        report([problem for problem in resolution.problems if problem.severity != INFO], sys.stderr)
    return resolution.exit_code
