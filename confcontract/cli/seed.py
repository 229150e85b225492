"""`confcontract secrets plan` and `confcontract secrets apply`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from confcontract.boot.options import TIMEOUT
from confcontract.cli.common import (
    ConfFiles,
    ContractFile,
    EnvFiles,
    OwnFiles,
    Role,
    echo,
    report,
)
from confcontract.cli.secrets import open_stores, read_needed, secrets
from confcontract.cli.values_given import ValuesFile, content_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.secrets.seeding.seed_plan import SeedPlan
    from confcontract.secrets.seeding.target import SeedTarget

Update = Annotated[bool, typer.Option("--update", help="Also write secrets that exist and differ.")]
Format = Annotated[Literal["text", "json"], typer.Option(help="Format of the report on stdout.")]
Timeout = Annotated[
    float,
    typer.Option(metavar="SECONDS", min=0.1, help="One deadline for all requests to a store."),
]


@secrets.command()
def plan(
    contract: ContractFile = None,
    values: ValuesFile = None,
    env_file: EnvFiles = None,
    conf_file: ConfFiles = None,
    role: Role = None,
    own_files: OwnFiles = False,
    update: Update = False,
    format: Format = "text",  # noqa: A002
    timeout: Timeout = TIMEOUT,
) -> int:
    """Show what `apply` would write, without values. Exit 0: nothing. 1: changes. 2: not evaluated."""
    files = (env_file, conf_file)
    done = _seed(contract, values, files, role, timeout, own_files=own_files, update=update, writes=False)
    code = 2 if not done.evaluated else 1 if done.has_changes else 0
    _show(done, format, code)
    return code


@secrets.command()
def apply(
    contract: ContractFile = None,
    values: ValuesFile = None,
    env_file: EnvFiles = None,
    conf_file: ConfFiles = None,
    role: Role = None,
    own_files: OwnFiles = False,
    update: Update = False,
    format: Format = "text",  # noqa: A002
    timeout: Timeout = TIMEOUT,
) -> int:
    """Write missing secrets into KV version 2 and AWS Secrets Manager: values that are given, or generated.

    Secrets that exist are kept, unless --update is given.
    """
    from confcontract.report.errors import exit_code

    files = (env_file, conf_file)
    done = _seed(contract, values, files, role, timeout, own_files=own_files, update=update, writes=True)
    code = exit_code(done.problems)
    _show(done, format, code)
    return code


def _seed(
    contract: str | None,
    values: str | None,
    files: tuple[list[str] | None, list[str] | None],
    role: str | None,
    seconds: float,
    *,
    own_files: bool,
    update: bool,
    writes: bool,
) -> SeedPlan:
    import os

    from confcontract.boot.launch import hardening, signals
    from confcontract.secrets.seeding.applied import apply_plan, hold_back
    from confcontract.secrets.seeding.seed_plan import make_plan
    from confcontract.secrets.seeding.values_file import read_values

    hardening.harden()
    environ = dict(os.environ)
    judged, found, problems = read_needed(contract, environ, *files, role, own_files=own_files)
    given, more = read_values(values or "-", content_of(values), judged) if values else ({}, [])
    targets = _Targets(environ, seconds)
    try:
        with open_stores(environ, seconds) as stores:
            made = signals.run_interruptibly(
                lambda: make_plan(judged, found, given, stores, targets.of, update=update, role=role)
            )
        made.problems[:0] = [*more, *problems]
        if writes and made.evaluated:
            signals.run_interruptibly(lambda: apply_plan(made, targets.of))
        elif writes:
            hold_back(made)
    finally:
        targets.close()
    return made


class _Targets:
    """The stores to write to, by scheme; each is created once."""

    def __init__(self, environ: Mapping[str, str], seconds: float) -> None:
        self._environ = environ
        self._seconds = seconds
        self._made: dict[str, SeedTarget] = {}

    def of(self, scheme: str) -> SeedTarget:
        if scheme not in self._made:
            from confcontract.secrets.seeding.targets import target_for

            self._made[scheme] = target_for(scheme, self._environ, self._seconds)
        return self._made[scheme]

    def close(self) -> None:
        for target in self._made.values():
            target.close()


def _show(done: SeedPlan, form: str, code: int) -> None:
    import json

    from confcontract.report.terminal import harmless_json
    from confcontract.secrets.seeding.seed_plan import as_data, as_text

    if form == "json":
        echo(harmless_json(json.dumps(as_data(done, code), indent=2)) + "\n", data=True)
    else:
        echo(as_text(done) or "no variable refers to a secret store\n")
        report(done.problems, sys.stdout)
