"""`confcontract drift`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from confcontract.cli.common import ContractFile, load, not_empty, report, usage_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from confcontract.contract.artifact import Contract
    from confcontract.report.problem import Problem

CLEAN = 0
DRIFTED = 1
UNDECIDED = 2


def drift(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Folders or files of Python source to search for variables that the contract does not declare.",
            show_default=False,
        ),
    ] = None,
    contract: ContractFile = None,
    code: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODULE:OBJECT",
            help="Compare the contract with what bake creates from this class. Repeat it for a contract of "
            "several classes.",
            show_default=False,
        ),
    ] = None,
    pid: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Check whether the contract accepts the environment of this process. Values are masked.",
            show_default=False,
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(metavar="ROLE", help="For the process: require only what this role needs.", show_default=False),
    ] = None,
    format: Annotated[Literal["text", "json", "github"], typer.Option(help="Format of the report on stdout.")] = "text",  # noqa: A002
) -> int:
    """Compare a contract with its code, or with a running process. Exit 0: no drift. 1: drift. 2: not evaluated."""
    from confcontract.report.errors import ConfcontractError
    from confcontract.report.problem import ERROR

    _refuse_nothing(sources, code, pid)
    problems: list[Problem] = []
    failed = False
    title = None
    try:
        loaded = load(contract)
        title = f"{loaded.name} {loaded.version}"
        for compare in _comparisons(loaded, sources or (), code or (), pid, role):
            try:
                problems += compare()
            except ConfcontractError as error:  # if one fails, the others are still reported
                problems += error.problems
                failed = True
    except ConfcontractError as error:
        problems += error.problems
        failed = True
    failed = failed or any(each.code == "drift-not-evaluated" for each in problems)
    drifted = any(each.severity == ERROR for each in problems)
    ended = UNDECIDED if failed else DRIFTED if drifted else CLEAN
    words = {UNDECIDED: "not all could be evaluated", DRIFTED: "there is drift", CLEAN: "no drift"}[ended]
    report(problems, sys.stdout, format, f"{title}: {words}" if title else None, code=ended)
    return ended


def _comparisons(
    loaded: Contract, sources: Sequence[str], code: Sequence[str], pid: int | None, role: str | None
) -> Iterator[Callable[[], list[Problem]]]:
    if code:
        from confcontract.compare.drift.rebaked import code_drift

        yield lambda: code_drift(loaded, code)
    if sources:
        from confcontract.compare.drift.ignore_list import ignore_list
        from confcontract.compare.drift.undeclared import undeclared

        yield lambda: undeclared(loaded, sources, ignore_list())
    if pid is not None:
        from confcontract.boot.launch.hardening import harden
        from confcontract.compare.drift.running_process import process_drift

        harden()  # this process reads values, although it shows none
        yield lambda: process_drift(loaded, pid, role)


def _refuse_nothing(sources: Sequence[str] | None, code: Sequence[str] | None, pid: int | None) -> None:
    not_empty("PATH", *sources or ())
    not_empty("--code", *code or ())
    if not sources and not code and pid is None:
        hint = "name folders of source, or give --code MODULE:OBJECT or --pid N"
        raise usage_error("drift has nothing to compare the contract with", hint)
