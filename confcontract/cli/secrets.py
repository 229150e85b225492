"""`confcontract secrets check` and `confcontract secrets policy`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from confcontract.boot.options import CONF_DIR, TIMEOUT
from confcontract.cli.common import ContractFile, EnvFiles, Role, echo, load, report, to_judge

if TYPE_CHECKING:
    from confcontract.secrets.vault.reader import VaultReader

secrets = typer.Typer(no_args_is_help=True, help="Before a deployment: can its secrets be read, and by whom?")


@secrets.command()
def check(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    role: Role = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Of the report on stdout.")] = "text",  # noqa: A002
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0.1, help="For all of it.")] = TIMEOUT,
) -> int:
    """Which references can be read by this identity, and which can't, and why? No value is shown, nothing is made."""
    import json
    import os

    from confcontract.boot.launch import hardening, signals
    from confcontract.report.errors import exit_code
    from confcontract.report.terminal import harmless_json
    from confcontract.secrets.preflight.needed import needed
    from confcontract.secrets.preflight.readable import as_data, as_text
    from confcontract.secrets.preflight.readable import check as ask

    hardening.harden()  # values pass through, though none is shown
    environ = dict(os.environ)
    judged, notes = to_judge(load(contract), contract)
    found, problems = needed(judged, environ=environ, env_files=env_file or (), conf_dir=CONF_DIR, role=role)
    problems = [*problems, *notes]
    with _reader(environ, timeout) as reader:
        rows, more = signals.run_interruptibly(lambda: ask(found, reader))
    problems = [*problems, *more]
    if format == "json":
        text = json.dumps(as_data(rows, problems, exit_code(problems)), indent=2)
        echo(harmless_json(text) + "\n", data=True)
    else:
        echo(as_text(rows) or "no variable lives in Vault\n")
        report(problems, sys.stdout)
    return exit_code(problems)


@secrets.command()
def policy(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    role: Role = None,
    given_token: Annotated[
        bool, typer.Option("--given-token", help="The deployment is given its token; it does not log in.")
    ] = False,
) -> int:
    """Print the least Vault policy (HCL) that the contract needs."""
    import os

    from confcontract.boot.launch import signals
    from confcontract.report.errors import exit_code
    from confcontract.secrets.preflight.needed import needed
    from confcontract.secrets.preflight.policy import find_engines, paths_of
    from confcontract.secrets.preflight.policy import policy as write

    environ = dict(os.environ)
    loaded = load(contract)
    judged, _ = to_judge(loaded, contract)
    found, problems = needed(judged, environ=environ, env_files=env_file or (), conf_dir=CONF_DIR, role=role)
    with _reader(environ, TIMEOUT) as reader:
        find, more = signals.run_interruptibly(lambda: find_engines(found, environ, reader))
    problems = [*problems, *more]
    if exit_code(problems):  # half a policy would be applied as if it were whole
        report(problems, sys.stderr)
        return exit_code(problems)
    title = f"What {loaded.name} {loaded.version} reads from Vault"
    echo(write(found, paths_of(found, environ), find, logs_in=not given_token, title=title), data=True)
    return 0


@contextmanager
def _reader(environ: Mapping[str, str], seconds: float) -> Iterator[VaultReader]:
    """Asks Vault for as long as boot would, and says meanwhile what it waits for, as boot does."""
    from confcontract.boot.log import Log
    from confcontract.secrets.vault.reader import VaultReader

    log = Log(sys.stderr, "text")
    try:
        yield VaultReader(environ, deadline_seconds=seconds, progress=log.waiting, log=log.record, revoke_token=True)
    finally:
        log.done()
