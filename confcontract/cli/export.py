"""`confcontract export`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.cli.admission_given import Audit, GivenByImage, Params, PlainSecrets, Warn, admission_options
from confcontract.cli.common import ContractFile, echo, load, not_empty, report, usage_error
from confcontract.cli.values_given import ValuesFile, called, content_of
from confcontract.cli.workloads_given import (
    Confcontract,
    ContainerName,
    Name,
    SecretName,
    Secrets,
    Store,
    User,
    workload_options,
)
from confcontract.platforms.export_targets import TARGETS
from confcontract.platforms.export_targets import export as _export

if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.report.problem import Problem


def export(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help=" ".join(f"{name}: {each.what}." for name, each in TARGETS.items()))
    ],
    contract: ContractFile = None,
    role: Annotated[
        str | None,
        typer.Option(metavar="ROLE", help="Export only this role. Default: all.", show_default=False),
    ] = None,
    values: ValuesFile = None,
    image: Annotated[
        str | None,
        typer.Option(
            metavar="REF",
            help="The image that the platform pulls, by its digest: HOST/REPO@sha256:...",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help=" ".join(f"For {name}: {', '.join(each.kinds)}." for name, each in TARGETS.items() if each.kinds),
            show_default=False,
        ),
    ] = None,
    runs_once: Annotated[
        list[str] | None,
        typer.Option(
            "--runs-once",
            metavar="ROLE",
            help="A role that ends on its own, before the others start. Default: migrate. May be repeated.",
        ),
    ] = None,
    secrets: Secrets = None,
    store: Store = None,
    secret: SecretName = None,
    name: Name = None,
    container: ContainerName = None,
    user: User = None,
    confcontract: Confcontract = None,
    audit: Audit = False,
    warn: Warn = False,
    given_by_image: GivenByImage = None,
    params: Params = None,
    allow_plain_secrets: PlainSecrets = False,
    out: Annotated[
        str | None,
        typer.Option(
            "--out", "-o", metavar="DIR", help="The folder to write into. Default: stdout.", show_default=False
        ),
    ] = None,
) -> int:
    """Write manifests, units or policies from the contract and a deployment's values. Never writes a secret's value."""
    from confcontract.platforms.export_input import RUNS_ONCE, export_input
    from confcontract.platforms.exported import Exported
    from confcontract.report.errors import exit_code
    from confcontract.verdict.roles import find_role

    for option, given in (("--values", values), ("--image", image), ("--role", role), ("--out", out)):
        not_empty(option, given)
    if out == "-":
        raise usage_error("--out names a folder, and - is not one", "leave it out to write to stdout")
    _refuse_unknown(target, kind)
    for option, value in (("values", values), ("image", image)):
        if value and option in TARGETS[target].ignores:
            raise usage_error(f"--{option} has no effect on {target}", "leave it out")
    options = workload_options(target, kind, secrets, store, secret, name, container, user, confcontract)
    loaded = load(contract)
    for each in runs_once or ():
        find_role(loaded, each)
    wanted, problems = _values(values)
    made = export_input(
        loaded,
        wanted,
        values_file=called(values) if values else "--values",
        role=role,
        image=image,
        runs_once=runs_once or RUNS_ONCE,
        secret_hint=TARGETS[target].secret_hint,
    )
    problems += made.problems
    admission = admission_options(
        target,
        loaded,
        role,
        audit=audit,
        warn=warn,
        given_by_image=given_by_image,
        params=params,
        allow_plain_secrets=allow_plain_secrets,
    )
    exported = _export(target, made, kind, options, admission) if exit_code(problems) == 0 else Exported({})
    problems += exported.problems
    if problems:
        report(problems, sys.stderr)
    if code := exit_code(problems):
        return code
    if out is not None:
        from confcontract.cli.exported_folder import write_folder
        from confcontract.platforms.written_before import export_key

        key = None if TARGETS[target].always_the_same else export_key(target, kind, name or loaded.name)
        write_folder(out, exported.files, key, complete=role is None)
    elif exported.as_one is None:
        what = f"{target} writes {len(exported.files)} files, which stdout can't hold"
        raise usage_error(what, "name a folder: -o DIR")
    else:
        echo(exported.as_one, data=True)
    return 0


def _refuse_unknown(target: str, kind: str | None) -> None:
    from confcontract.report.did_you_mean import closest

    if target not in TARGETS:
        guess = closest(target, TARGETS)
        hint = f"did you mean {guess}?" if guess else f"targets: {', '.join(TARGETS)}"
        raise usage_error(f"there is no target {target!r}", hint)
    kinds = TARGETS[target].kinds
    if kind is not None and kind not in kinds:
        hint = f"kinds: {', '.join(kinds)}" if kinds else "leave --kind out"
        raise usage_error(f"{target} has no kind {kind!r}", hint)


def _values(name: str | None) -> tuple[Mapping[str, str], list[Problem]]:
    from confcontract.secrets.seeding.values_file import parse_values

    return ({}, []) if name is None else parse_values(called(name), content_of(name))
