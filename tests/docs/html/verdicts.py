"""The two verdicts on one env file, in a form in which they can be compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from confcontract.cli.validate import validate
from confcontract.contract.artifact import Contract
from confcontract.contract.declared import Declared
from tests.docs.html.deno import Deno

# The same thing under two names: whether a secret is missing or another value, the page says as the contract does.
CODES = ("name-unknown", "name-deprecated", "name-twice", "secret-empty", "secret-default", "reference-foreign")


class Verdict(NamedTuple):
    """valid: None where only boot can tell. wrong: variables with errors. unsure: those that the page leaves to boot.

    warned: (code, variable) of the warnings.
    """

    valid: bool | None
    wrong: frozenset[str | None]
    unsure: frozenset[str | None]
    warned: frozenset[tuple[str, str | None]]


def of_command(
    contract: Path, env_file: Path, capsys: pytest.CaptureFixture[str], *, strict: bool = False, role: str | None = None
) -> Verdict:
    """`confcontract validate --no-environ --contract … --env-file … --format json`."""
    capsys.readouterr()
    status = validate(
        contract=str(contract), env_file=[str(env_file)], no_environ=True, strict=strict, role=role, format="json"
    )
    problems = json.loads(capsys.readouterr().out)["problems"]
    return Verdict(
        status == 0,
        frozenset(one.get("variable") for one in problems if one["severity"] == "error"),
        frozenset(),
        _warnings(problems, Contract.load(contract)),
    )


def _warnings(problems: list[dict[str, Any]], contract: Contract) -> frozenset[tuple[str, str | None]]:
    """But for names that don't begin as settings do, and are nearly one's: the page finds fewer of them."""
    declared = Declared(contract)
    return frozenset(
        (one["code"], one.get("variable"))
        for one in problems
        if one["severity"] == "warning"
        and (one["code"] != "name-unknown" or declared.normal(one["variable"]).startswith(declared.sections))
    )


def of_page(deno: Deno, contract: Contract, text: str, *, strict: bool = False, role: str | None = None) -> Verdict:
    found = deno.verdict(contract, text, strict=strict, role=role)
    lines = found["lines"]
    wrong = frozenset(one.get("variable") for one in lines if one["severity"] == "error")
    if found["malformed"]:
        wrong |= {None}
    return Verdict(
        False if wrong else {"valid": True, "unsure": None}[found["verdict"]],
        wrong,
        frozenset(one.get("variable") for one in lines if one["severity"] == "unsure"),
        _warnings(lines, contract),
    )


def difference(command: Verdict, page: Verdict) -> str:
    """What is not equal, in words; empty if the page says the same, or says openly that only boot can tell."""
    if page.valid is not None and page.valid != command.valid:
        return f"the page says {page.valid}, the command {command.valid}: {sorted(map(str, command.wrong))}"
    if page.wrong - command.wrong:
        return f"only the page refuses {sorted(map(str, page.wrong - command.wrong))}"
    if page.unsure:
        return ""
    if command.wrong - page.wrong:
        return f"the page does not refuse {sorted(map(str, command.wrong - page.wrong))}"
    known = {one for one in command.warned if one[0] in CODES}
    return "" if page.warned == known else f"warnings differ: {sorted(map(str, page.warned ^ known))}"
