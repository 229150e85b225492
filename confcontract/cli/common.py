"""What several commands share: their options, and how they load, resolve and write."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.boot.options import CONF_DIR, POLICY_DIR, STRICT_REFUSES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from confcontract.contract.artifact import Contract
    from confcontract.report.problem import Problem
    from confcontract.verdict.resolution import Resolution

ContractFile = Annotated[
    str | None,
    typer.Option(
        "--contract",
        metavar="CONTRACT",
        help="The contract: a file, a directory that holds contract.json, git:REV:PATH, python:MODULE:OBJECT, or "
        "an image, such as oci:DIR:TAG or docker://HOST/REPO:TAG. "
        "Else $CONFCONTRACT_PATH, else /etc/confcontract/contract.json.",
        show_default=False,
    ),
]
EnvFiles = Annotated[
    list[str] | None,
    typer.Option("--env-file", metavar="FILE", help="A dotenv file; later ones win. May be repeated."),
]
ConfFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--conf-file",
        metavar="FILE",
        help="Settings in TOML, YAML or JSON, below env files; later ones win. May be repeated. "
        "Or $CONFCONTRACT_CONF_FILES.",
    ),
]
OwnFiles = Annotated[
    bool,
    typer.Option(
        "--own-files",
        help="Read the files that the settings class names itself, from here, as the application would. A contract "
        "that --contract names may be somebody else's: without this, none of them is opened.",
    ),
]
NoEnviron = Annotated[
    bool, typer.Option("--no-environ", help="Look at the files only, not at this process's environment.")
]
Role = Annotated[str | None, typer.Option(metavar="ROLE", help="Only what this role needs.", show_default=False)]


Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help=f"{STRICT_REFUSES} Or $CONFCONTRACT_STRICT=1.",
    ),
]
RoleOrVariable = Annotated[
    str | None,
    typer.Option(
        "--role", metavar="ROLE", help="Only what this role needs. Or $CONFCONTRACT_ROLE.", show_default=False
    ),
]


loaded: list[Contract] = []  # by this command; see `refuse_what_was_damaged`


def load(path: str | None) -> Contract:
    """The contract, whole and as bake writes it. What bake has to say of one that is baked here goes to stderr.

    path: of --contract, any reference that contract/anywhere.py knows. Raises ContractUnusable, also where its digest
    was fixed; UsageError and BakeRefused.
    """
    import os

    from confcontract.boot.options import named_contract
    from confcontract.contract import anywhere
    from confcontract.contract.artifact import Contract
    from confcontract.contract.damage import refuse_damaged
    from confcontract.contract.engine import VERSION
    from confcontract.verdict.validator import prepare

    not_empty("--contract", path)
    # the variable is boot's as well, which reads files only
    contract = Contract.load(named_contract(os.environ)) if path is None else anywhere.load(path)
    if contract.warnings:
        report(contract.warnings, sys.stderr)
    refuse_damaged(contract.data)
    if contract.compiled["pydanticCore"] == VERSION:  # else its plan is of no use here, and its words are all the same
        prepare(contract)
    loaded.append(contract)
    return contract


def refuse_what_was_damaged() -> None:
    """For a command that failed in a way that it never does: is it the contract's fault? Raises ContractUnusable."""
    from confcontract.contract.damage import refuse_damaged

    for contract in loaded:
        refuse_damaged(contract.data, thorough=True)


def to_judge(contract: Contract, path: str | None, own_files: bool = False) -> tuple[Contract, list[Problem]]:
    """The contract to judge an environment by, and a note on what is not looked at.

    path: of --contract. A contract that is named may be somebody else's: of the files that it names itself, none is
    opened unless own_files says so. Without --contract it is this container's own, and they are read as boot reads
    them.
    """
    from confcontract.verdict.sources.ownfiles import without_own_files

    return without_own_files(contract) if path is not None and not own_files else (contract, [])


def not_empty(option: str, *values: str | None) -> None:
    """Raises UsageError (exit 64): an unset variable of a script must not turn into another file or the default."""
    if "" in values:
        raise usage_error(f"{option} is empty", "give it a value, or leave it out")


def resolved(
    contract: Contract,
    path: str | None,
    environ: dict[str, str],
    env_files: list[str] | None,
    conf_files: list[str] | None,
    policies: Sequence[str],
    role: str | None,
    strict: bool,
    own_files: bool = False,
) -> Resolution:
    """What boot would say. Role and strictness also come from their variables, as they do for boot.

    path: of --contract; own_files: see `to_judge`.
    """
    import os
    import time

    from confcontract.boot.options import TIMEOUT, secret_dirs, wants_strict
    from confcontract.host.sourcefile import give_up_at
    from confcontract.verdict.resolve import resolve

    not_empty("--env-file", *env_files or ())
    not_empty("--role", role)
    give_up_at(time.monotonic() + TIMEOUT)
    judged, notes = to_judge(contract, path, own_files)
    resolution = resolve(
        judged,
        environ=environ,
        env_files=env_files or (),
        conf_dir=CONF_DIR,
        conf_files=named_config_files(conf_files),
        secret_dirs=secret_dirs(os.environ.get("CONFCONTRACT_MOUNTED_SECRETS")) if environ else (),
        policies=policies,
        role=role or os.environ.get("CONFCONTRACT_ROLE") or None,
        strict=wants_strict(os.environ) or strict,
    )
    resolution.problems.extend(notes)
    return resolution


def named_config_files(given: list[str] | None) -> list[str]:
    """The config files that are named by an option, or else by the variable. Raises UsageError for an empty name."""
    import os

    from confcontract.boot.options import named_conf_files

    not_empty("--conf-file", *given or ())
    return given or named_conf_files(os.environ)


def policies() -> list[str]:
    from confcontract.verdict.policy.overlays import overlays_in

    return overlays_in(POLICY_DIR)


def worth_showing(problems: Sequence[Problem]) -> list[Problem]:
    """Those to tell beside values that are shown: a note only where it says that some were not looked for."""
    from confcontract.report.problem import INFO
    from confcontract.verdict.problems.deferrals import UNREAD

    return [each for each in problems if each.severity != INFO or each.code == "source-foreign" or each.rule == UNREAD]


def report(
    problems: Sequence[Problem],
    stream: TextIO,
    format: str = "text",  # noqa: A002
    title: str | None = None,
    code: int | None = None,
) -> None:
    """code: with which the command ends, where that is not the code of the problems."""
    import os

    from confcontract.report.formats import print_problems
    from confcontract.report.terminal import deliver

    if stream is sys.stdout:
        deliver(stream, "")  # it may be closed
    print_problems(problems, stream, format, title=title, environ=os.environ, code=code)
    if stream is sys.stdout:
        deliver(stream, "")


def echo(text: str, *, data: bool = False) -> None:
    """Write to stdout. data: for programs, so that not a character of it is changed but what JSON can escape."""
    from confcontract.report.terminal import deliver, harmless_lines

    deliver(sys.stdout, text if data else harmless_lines(text))


def usage_error(message: str, hint: str | None = None) -> Exception:
    """To be raised where a command is called wrongly (exit 64)."""
    from confcontract.report.errors import UsageError
    from confcontract.report.problem import Problem

    return UsageError(Problem("usage", message, hint=hint))


def unexpected(error: Exception, what: str, hint: str) -> Problem:
    """A limit that was reached, or a defect, which also gets its line on stderr. what: it ended."""
    import os

    from confcontract.host.limits import reached
    from confcontract.report.failure_line import internal_error
    from confcontract.report.problem import Problem

    limit = reached(error)
    if limit is not None:
        return limit
    sys.stderr.write(internal_error(error, traced=os.environ.get("CONFCONTRACT_DEBUG") == "1"))
    return Problem("internal", f"a defect in confcontract ended {what} ({type(error).__name__})", hint=hint)
