"""`confcontract validate`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from confcontract.cli.common import (
    ContractFile,
    EnvFiles,
    RoleOrVariable,
    Strict,
    import_from_here,
    load,
    policies,
    report,
    resolved,
)


def validate(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    no_environ: Annotated[
        bool, typer.Option("--no-environ", help="Look at the env files only, not at this process's environment.")
    ] = False,
    role: RoleOrVariable = None,
    strict: Strict = False,
    format: Annotated[Literal["text", "json", "github"], typer.Option(help="Of the report on stdout.")] = "text",  # noqa: A002
    model: Annotated[
        str | None,
        typer.Option(metavar="MODULE:OBJECT", help="Run the real settings class as well.", show_default=False),
    ] = None,
) -> int:
    """Would boot accept this configuration? Vault is not asked, nothing is started."""
    import os

    from confcontract.errors import ConfcontractError, exit_code

    try:
        loaded = load(contract)
        environ = {} if no_environ else dict(os.environ)
        resolution = resolved(loaded, environ, env_file, policies(), role, strict)
        problems = list(resolution.problems)
        if model is not None:
            from confcontract.author.model_check import validate_with_model

            import_from_here()
            in_vault = {problem.variable for problem in problems if problem.code == "vault-not-configured"}
            found = validate_with_model(model, resolution.environ, loaded)
            problems += [problem for problem in found if problem.variable not in in_vault]
    except ConfcontractError as error:
        report(error.problems, sys.stdout, format)  # who asks for JSON or annotations gets them in any case
        return error.exit_code
    valid = exit_code(problems) == 0
    subject = f"{loaded.name} {loaded.version}"
    report(problems, sys.stdout, format, f"{subject}: the configuration is {'valid' if valid else 'invalid'}")
    return exit_code(problems)
