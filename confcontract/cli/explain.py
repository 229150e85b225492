"""`confcontract explain`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from confcontract.cli.common import (
    ConfFiles,
    ContractFile,
    EnvFiles,
    OwnFiles,
    RoleOrVariable,
    Strict,
    load,
    report,
    resolved,
    worth_showing,
)


def explain(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    conf_file: ConfFiles = None,
    own_files: OwnFiles = False,
    role: RoleOrVariable = None,
    strict: Strict = False,
    format: Annotated[  # noqa: A002
        Literal["text", "json"], typer.Option(help="text is a table on a terminal, NAME=value lines otherwise.")
    ] = "text",
) -> int:
    """Show every variable: its value, where that came from, and what it overrides. Secrets are masked."""
    import os

    from confcontract.report.terminal import may_color
    from confcontract.verdict.explain import rows, show

    resolution = resolved(load(contract), contract, dict(os.environ), env_file, conf_file, (), role, strict, own_files)
    show(rows(resolution), format, sys.stdout, may_color(os.environ))
    if told := worth_showing(resolution.problems):
        report(told, sys.stderr)
    return resolution.exit_code
