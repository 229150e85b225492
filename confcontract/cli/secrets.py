"""`confcontract secrets check` and `confcontract secrets policy`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from confcontract.boot.options import CONF_DIR, TIMEOUT
from confcontract.cli.common import (
    ConfFiles,
    ContractFile,
    EnvFiles,
    OwnFiles,
    Role,
    echo,
    load,
    named_config_files,
    report,
    to_judge,
    usage_error,
)

if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract
    from confcontract.report.problem import Problem
    from confcontract.secrets.preflight.needed import Needed
    from confcontract.secrets.several import Stores

secrets = typer.Typer(
    no_args_is_help=True,
    help="Before a deployment: check that its secrets can be read, and create those that are missing.",
)


@secrets.command()
def check(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    conf_file: ConfFiles = None,
    own_files: OwnFiles = False,
    role: Role = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Format of the report on stdout.")] = "text",  # noqa: A002
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="One deadline for the whole check.")
    ] = TIMEOUT,
) -> int:
    """Show which references this identity can read, and why not the others. Shows no value, creates no secret."""
    import json
    import os

    from confcontract.boot.launch import hardening, signals
    from confcontract.report.errors import exit_code
    from confcontract.report.terminal import harmless_json
    from confcontract.secrets.preflight.readable import as_data, as_text
    from confcontract.secrets.preflight.readable import check as ask

    hardening.harden()  # this process reads values, although it shows none
    environ = dict(os.environ)
    _, found, problems = read_needed(contract, environ, env_file, conf_file, role, own_files=own_files)
    with open_stores(environ, timeout) as stores:
        rows, more = signals.run_interruptibly(lambda: ask(found, stores))
    problems = [*problems, *more]
    if format == "json":
        text = json.dumps(as_data(rows, problems, exit_code(problems)), indent=2)
        echo(harmless_json(text) + "\n", data=True)
    else:
        echo(as_text(rows) or "no variable refers to a secret store\n")
        report(problems, sys.stdout)
    return exit_code(problems)


@secrets.command()
def policy(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    conf_file: ConfFiles = None,
    own_files: OwnFiles = False,
    role: Role = None,
    given_token: Annotated[
        bool, typer.Option("--given-token", help="The deployment gets a token and does not log in.")
    ] = False,
    store: Annotated[
        Literal["vault", "aws"] | None, typer.Option(help="Which policy to print, if the secrets are in both.")
    ] = None,
) -> int:
    """Print the smallest policy that the contract needs: for Vault in HCL, for AWS an IAM policy in JSON."""
    import json
    import os

    from confcontract.boot.launch import signals
    from confcontract.report.errors import exit_code
    from confcontract.secrets.preflight.iam import iam_policy
    from confcontract.secrets.preflight.policy import find_engines, paths_of
    from confcontract.secrets.preflight.policy import policy as write
    from confcontract.secrets.preflight.readable import store_word

    environ = dict(os.environ)
    judged, found, problems = read_needed(contract, environ, env_file, conf_file, role, own_files=own_files)
    word = _store_of(found, store)
    found = [item for item in found if any(store_word(each.text) == word for each in item.references)]
    found = [item.only(lambda reference: store_word(reference.text) == word) for item in found]
    if word == "AWS" and not exit_code(problems):
        region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or ""
        echo(json.dumps(iam_policy(found, region), indent=2) + "\n", data=True)
        return 0
    with open_stores(environ, TIMEOUT) as stores:
        vault = stores.store_of("vault:")
        find, more = signals.run_interruptibly(lambda: find_engines(found, environ, vault))
    problems = [*problems, *more]
    if exit_code(problems):  # someone would apply half a policy as if it were complete
        report(problems, sys.stderr)
        return exit_code(problems)
    title = f"What {judged.name} {judged.version} reads from Vault"
    echo(write(found, paths_of(found, environ), find, logs_in=not given_token, title=title), data=True)
    return 0


def read_needed(
    path: str | None,
    environ: Mapping[str, str],
    env_files: list[str] | None,
    conf_files: list[str] | None,
    role: str | None,
    *,
    own_files: bool,
) -> tuple[Contract, list[Needed], list[Problem]]:
    """The contract, as far as it can be judged here; its references to secret stores; the problems so far."""
    from confcontract.secrets.preflight.needed import needed

    judged, notes = to_judge(load(path), path, own_files)
    found, problems = needed(
        judged,
        environ=environ,
        env_files=env_files or (),
        conf_dir=CONF_DIR,
        conf_files=named_config_files(conf_files),
        role=role,
    )
    return judged, found, [*problems, *notes]


def _store_of(found: list[Needed], named: str | None) -> str:
    """The store that the policy is for. Raises UsageError if that is ambiguous, or the store has no policies."""
    from confcontract.secrets.preflight.readable import store_word

    words = dict.fromkeys(store_word(reference.text) for item in found for reference in item.references)
    if named is not None:
        return {"vault": "Vault", "aws": "AWS"}[named]
    if len(words) > 1:
        message = f"the secrets are in {' and '.join(words)}, each of which has its own policies"
        raise usage_error(message, "name one: --store vault, or --store aws")
    word = next(iter(words), "Vault")
    if word not in ("Vault", "AWS"):
        message = f"the secrets are in {word}, whose policies are unknown here"
        raise usage_error(message, "policies can be written for Vault and AWS")
    return word


@contextmanager
def open_stores(environ: Mapping[str, str], seconds: float) -> Iterator[Stores]:
    """Open the stores with boot's deadline, and report what is awaited, as boot does."""
    from confcontract.boot.log import Log
    from confcontract.secrets.known_stores import store_for

    log = Log(sys.stderr, "text")
    try:
        yield store_for(environ, deadline_seconds=seconds, progress=log.waiting, log=log.record)
    finally:
        log.done()
