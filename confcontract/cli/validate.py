"""`confcontract validate`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from confcontract.cli.common import (
    ConfFiles,
    ContractFile,
    EnvFiles,
    OwnFiles,
    RoleOrVariable,
    Strict,
    load,
    policies,
    report,
    resolved,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.report.problem import Problem
    from confcontract.verdict.resolution import Resolution


def validate(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    conf_file: ConfFiles = None,
    own_files: OwnFiles = False,
    no_environ: Annotated[
        bool, typer.Option("--no-environ", help="Look at the env files only, not at this process's environment.")
    ] = False,
    role: RoleOrVariable = None,
    strict: Strict = False,
    format: Annotated[Literal["text", "json", "github"], typer.Option(help="Of the report on stdout.")] = "text",  # noqa: A002
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODULE:OBJECT",
            help="Run the real settings class as well. Repeat it for a contract of several classes.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Would boot accept this configuration? Vault is not asked, nothing is started."""
    import os

    from confcontract.boot.options import POLICY_DIR
    from confcontract.report.errors import ConfcontractError, exit_code
    from confcontract.verdict.policy.overlays import passed_over

    try:
        loaded = load(contract)
        environ = {} if no_environ else dict(os.environ)
        resolution = resolved(loaded, contract, environ, env_file, conf_file, policies(), role, strict, own_files)
        problems = [*resolution.problems, *passed_over(POLICY_DIR), *_too_large(resolution)]
        if model:
            from confcontract.author.loading import import_from_here
            from confcontract.author.model_check import validate_with_model

            import_from_here()
            problems = validate_with_model(model, resolution.environ, loaded, problems, resolution.sources)
    except ConfcontractError as error:
        report(error.problems, sys.stdout, format)  # who asks for JSON or annotations gets them in any case
        return error.exit_code
    if exit_code(problems):
        words = "the configuration is invalid"
    else:
        words = resolution.words if not model else "the configuration is valid"
    report(problems, sys.stdout, format, f"{loaded.name} {loaded.version}: {words}")
    return exit_code(problems)


def _too_large(resolution: Resolution) -> Sequence[Problem]:
    """What the kernel would not take as an environment."""
    import os

    from confcontract.boot.launch.foresee import foresee, in_environment
    from confcontract.boot.launch.start_command import may_be_refused
    from confcontract.report.errors import CommandNotExecutable

    environ = in_environment(resolution, os.environ.get("CONFCONTRACT_DELIVER") or None)
    if not may_be_refused(environ):
        return ()  # as a rule: no process is started to ask the kernel
    try:
        foresee("", (), environ)
    except CommandNotExecutable as refused:
        return refused.problems
    return ()
