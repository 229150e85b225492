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
        help="The contract: a file, a directory that contains contract.json, git:REV:PATH, "
        "python:MODULE:OBJECT, or an image, such as oci:DIR:TAG or docker://HOST/REPO:TAG. Default: "
        "$CONFCONTRACT_PATH, or else /etc/confcontract/contract.json.",
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
        help="Read the files that the settings class itself names, from this folder, as the application "
        "would. Without it, none of them is opened, because a contract named by --contract may belong to "
        "another application.",
    ),
]
NoEnviron = Annotated[bool, typer.Option("--no-environ", help="Read only the files, not this process's environment.")]
Role = Annotated[
    str | None, typer.Option(metavar="ROLE", help="Require only what this role needs.", show_default=False)
]


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
        "--role",
        metavar="ROLE",
        help="Require only what this role needs. Or $CONFCONTRACT_ROLE.",
        show_default=False,
    ),
]


loaded: list[Contract] = []  # by this command; see `refuse_what_was_damaged`


def load(path: str | None) -> Contract:
    """The contract, complete and as bake writes it. If it is baked here, bake's warnings go to stderr.

    path: of --contract, any reference that contract/anywhere.py knows. Raises ContractUnusable, also if the file was
    edited and its digest updated; UsageError and BakeRefused.
    """
    import os

    from confcontract.boot.parse_options import named_contract
    from confcontract.contract import anywhere
    from confcontract.contract.artifact import Contract
    from confcontract.contract.damage import refuse_damaged
    from confcontract.contract.engine import VERSION
    from confcontract.verdict.validator import prepare

    not_empty("--contract", path)
    # boot reads the variable as well, and boot reads only files
    contract = Contract.load(named_contract(os.environ)) if path is None else anywhere.load(path)
    if contract.warnings:
        report(contract.warnings, sys.stderr)
    refuse_damaged(contract.data)
    if contract.compiled["pydanticCore"] == VERSION:  # otherwise its plan can't be used here; the rest of it can
        prepare(contract)
    loaded.append(contract)
    return contract


def refuse_what_was_damaged() -> None:
    """Raises ContractUnusable if a damaged contract explains an unexpected failure of a command."""
    from confcontract.contract.damage import refuse_damaged

    for contract in loaded:
        refuse_damaged(contract.data, thorough=True)


def to_judge(contract: Contract, path: str | None, own_files: bool = False) -> tuple[Contract, list[Problem]]:
    """The contract to judge an environment by, and a note on what is not read.

    path: of --contract. A contract that is named may be another application's: none of the files that it names is
    opened unless own_files is true. Without --contract it is this container's own, and its files are read as boot reads
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
    """The result that boot would have. Role and strictness also come from their variables, as for boot.

    path: of --contract; own_files: see `to_judge`.
    """
    import os
    import time

    from confcontract.boot.options import TIMEOUT, secret_dirs
    from confcontract.boot.parse_options import wants_strict
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
    """The config files from the option, or else from the variable. Raises UsageError for an empty name."""
    import os

    from confcontract.boot.parse_options import named_conf_files

    not_empty("--conf-file", *given or ())
    return given or named_conf_files(os.environ)


def policies() -> list[str]:
    from confcontract.verdict.policy.overlays import overlays_in

    return overlays_in(POLICY_DIR)


def worth_showing(problems: Sequence[Problem]) -> list[Problem]:
    """The problems to report next to the values: of the notes, only those that say that some were not read."""
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
    """code: the exit code, if it is not that of the problems."""
    import os

    from confcontract.report.formats import print_problems
    from confcontract.report.terminal import deliver

    if stream is sys.stdout:
        deliver(stream, "")  # stderr may be closed
    print_problems(problems, stream, format, title=title, environ=os.environ, code=code)
    if stream is sys.stdout:
        deliver(stream, "")


def echo(text: str, *, data: bool = False) -> None:
    """Write to stdout. data: output for programs, in which only characters that JSON can escape are changed."""
    from confcontract.report.terminal import deliver, harmless_lines

    deliver(sys.stdout, text if data else harmless_lines(text))


def usage_error(message: str, hint: str | None = None) -> Exception:
    """The error to raise if a command is called wrongly (exit 64)."""
    from confcontract.report.errors import UsageError
    from confcontract.report.problem import Problem

    return UsageError(Problem("usage", message, hint=hint))


def unexpected(error: Exception, what: str, hint: str) -> Problem:
    """Report a limit that was reached, or a defect, which also gets its line on stderr. what: the command that it
    ended.
    """
    import os

    from confcontract.host.limits import reached
    from confcontract.report.failure_line import internal_error
    from confcontract.report.problem import Problem

    limit = reached(error)
    if limit is not None:
        return limit
    sys.stderr.write(internal_error(error, traced=os.environ.get("CONFCONTRACT_DEBUG") == "1"))
    return Problem("internal", f"a defect in confcontract ended {what} ({type(error).__name__})", hint=hint)
