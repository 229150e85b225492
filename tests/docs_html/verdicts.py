"""The two verdicts on one env file, in a form in which they can be compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page

from confcontract.cli.validate import validate

# The same thing under two names: whether a secret is missing or another value, the page says as the contract does.
CODES = ("name-unknown", "name-deprecated", "name-twice", "secret-empty", "secret-default")


class Verdict(NamedTuple):
    """valid: None where only boot can tell. wrong: variables with errors. unsure: those that the page leaves to boot.

    warned: (code, variable, hint) of the warnings that both know.
    """

    valid: bool | None
    wrong: frozenset[str | None]
    unsure: frozenset[str | None]
    warned: frozenset[tuple[str, str | None, str | None]]


def of_command(contract: Path, env_file: Path, capsys: pytest.CaptureFixture[str]) -> Verdict:
    """`confcontract validate --no-environ --contract … --env-file … --format json`."""
    capsys.readouterr()
    status = validate(contract=str(contract), env_file=[str(env_file)], no_environ=True, format="json")
    problems = json.loads(capsys.readouterr().out)["problems"]
    return Verdict(
        status == 0,
        frozenset(one.get("variable") for one in problems if one["severity"] == "error"),
        frozenset(),
        frozenset(_warning(one["code"], one) for one in problems if one["severity"] == "warning"),
    )


def of_page(page: Page, text: str) -> Verdict:
    found: dict[str, Any] = page.evaluate("text => verdictOf(text)", text)
    lines = found["lines"]
    wrong = frozenset(one.get("variable") for one in lines if one["severity"] == "error")
    if found["malformed"]:
        wrong |= {None}
    return Verdict(
        False if wrong else {"valid": True, "unsure": None}[found["verdict"]],
        wrong,
        frozenset(one.get("variable") for one in lines if one["severity"] == "unsure"),
        frozenset(_warning(one["code"], one) for one in lines if one["severity"] == "warning"),
    )


def _warning(code: str, problem: dict[str, Any]) -> tuple[str, str | None, str | None]:
    return code, problem.get("variable"), problem.get("hint") if code == "name-unknown" else None


def difference(command: Verdict, page: Verdict) -> str:
    """What is not equal, in words; empty if the page says the same, or says openly that it can't tell."""
    if page.valid is not None and page.valid != command.valid:
        return f"the page says {page.valid}, the command {command.valid}: {sorted(map(str, command.wrong))}"
    if page.wrong - command.wrong:
        return f"only the page refuses {sorted(map(str, page.wrong - command.wrong))}"
    missed = command.wrong - page.wrong - page.unsure
    if missed and None not in page.unsure:
        return f"the page does not refuse {sorted(map(str, missed))}"
    known = {one for one in command.warned if one[0] in CODES}
    if page.unsure or page.warned == known:
        return ""
    return f"warnings differ: {sorted(map(str, page.warned ^ known))}"
