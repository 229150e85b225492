"""`confcontract explain`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from confcontract.cli.common import (
    ConfFiles,
    ContractFile,
    EnvFiles,
    NoEnviron,
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
    no_environ: NoEnviron = False,
    only_set: Annotated[
        bool, typer.Option("--set", help="Show only what is set or missing, not what is left at its default.")
    ] = False,
    role: RoleOrVariable = None,
    strict: Strict = False,
    format: Annotated[  # noqa: A002
        Literal["text", "json"],
        typer.Option(help="Format of the report: text is a table on a terminal, NAME=value lines otherwise."),
    ] = "text",
) -> int:
    """Show every variable: its value, its source, and what that overrides. Secrets are masked."""
    import os

    from confcontract.report.terminal import may_color
    from confcontract.verdict.explain import rows, show

    environ = {} if no_environ else dict(os.environ)
    resolution = resolved(load(contract), contract, environ, env_file, conf_file, (), role, strict, own_files)
    shown = [row for row in rows(resolution) if not only_set or row.is_set or row.missing]
    show(shown, format, sys.stdout, may_color(os.environ))
    if told := worth_showing(resolution.problems):
        report(told, sys.stderr)
    return resolution.exit_code
