"""`confcontract validate`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

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
    policies,
    report,
    resolved,
    usage_error,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from confcontract.report.problem import Problem
    from confcontract.verdict.resolution import Resolution


def validate(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    conf_file: ConfFiles = None,
    own_files: OwnFiles = False,
    no_environ: NoEnviron = False,
    role: RoleOrVariable = None,
    strict: Strict = False,
    format: Annotated[  # noqa: A002
        Literal["text", "json", "github", "sarif"],
        typer.Option(
            metavar="FORMAT", help="Format of the report on stdout: text, json or github; for manifests also sarif."
        ),
    ] = "text",
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODULE:OBJECT",
            help="Run the real settings class as well. Repeat it for a contract of several classes.",
            show_default=False,
        ),
    ] = None,
    manifest: Annotated[
        list[str] | None,
        typer.Option(
            "--manifest",
            metavar="FILE|DIR|-",
            help="Judge what Kubernetes manifests or a Compose file would give to each container. May be repeated.",
            show_default=False,
        ),
    ] = None,
    contracts: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="With --manifest: a TOML, YAML or JSON file that maps images to contracts. Without it and "
            "--contract, the contract is read from each image in its registry.",
            show_default=False,
        ),
    ] = None,
    container: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="With --manifest: judge only this container. May be repeated.", show_default=False
        ),
    ] = None,
    fail_on: Annotated[
        Literal["error", "unverifiable", "warning"] | None,
        typer.Option(
            metavar="LEAST",
            help="With --manifest: the lowest severity that does not end with 0: error, unverifiable or warning. "
            "If it is not an error, the command ends with 1. Default: error.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Check a configuration as boot would, without contacting Vault or starting anything."""
    if manifest or contracts is not None or container or fail_on is not None:
        others = {
            "--no-environ": no_environ,
            "--env-file": env_file,
            "--conf-file": conf_file,
            "--own-files": own_files,
            "--model": model,
        }
        return _manifests(manifest, contract, contracts, container, role, format, fail_on, others, strict=strict)
    import os

    from confcontract.boot.options import POLICY_DIR
    from confcontract.report.errors import ConfcontractError, exit_code
    from confcontract.verdict.policy.overlays import passed_over

    if format == "sarif":
        raise usage_error("--format sarif is for manifests", "add --manifest, or choose text, json or github")
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
        report(error.problems, sys.stdout, format)  # JSON and annotations are written in any case
        return error.exit_code
    if exit_code(problems):
        words = "the configuration is invalid"
    else:
        words = resolution.words if not model else "the configuration is valid"
    report(problems, sys.stdout, format, f"{loaded.name} {loaded.version}: {words}")
    return exit_code(problems)


def _manifests(
    manifest: list[str] | None,
    contract: str | None,
    contracts: str | None,
    container: list[str] | None,
    role: str | None,
    form: str,
    fail_on: str | None,
    others: Mapping[str, object],
    *,
    strict: bool,
) -> int:
    """others: options that define the environment; the manifests already do."""
    from confcontract.cli.validate_manifests import validate_manifests

    if not manifest:
        message = "--contracts, --container and --fail-on go with --manifest"
        raise usage_error(message, "add --manifest FILE, or leave them out")
    for name, given in others.items():
        if given:
            raise usage_error(f"{name} and --manifest exclude each other", "leave out one of them")
    return validate_manifests(
        manifest, contract, contracts, container or (), role, form, strict=strict, fail_on=fail_on or "error"
    )


def _too_large(resolution: Resolution) -> Sequence[Problem]:
    """The problem of an environment that the kernel would refuse as too large."""
    import os

    from confcontract.boot.launch.foresee import foresee, in_environment
    from confcontract.boot.launch.start_command import may_be_refused
    from confcontract.report.errors import CommandNotExecutable

    environ = in_environment(resolution, os.environ.get("CONFCONTRACT_DELIVER") or None)
    if not may_be_refused(environ):
        return ()  # the usual case; no process is started to ask the kernel
    try:
        foresee("", (), environ)
    except CommandNotExecutable as refused:
        return refused.problems
    return ()
