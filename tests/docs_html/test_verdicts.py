"""The verdict in the page is that of `confcontract validate`, or the page says openly that only boot can tell."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from confcontract.contract.artifact import Contract
from confcontract.contract.dotenvtext import quoted
from tests.fidelity.boot import baked as baked_or_refused
from tests.fidelity.spec import Built
from tests.fidelity.traps_names import NAMES, Trap
from tests.fidelity.traps_values import VALUES

from .browser import PATIENCE, baked, written
from .classes import Everything
from .table import CASES, UNSURE, UNSURE_TRAPS
from .verdicts import difference, of_command, of_page

Opened = Callable[..., Page]
TRAPS = [trap for trap in NAMES + VALUES if not trap.refused]


@pytest.fixture
def in_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without any file that a class might read."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _fits(text: str) -> bool:
    """Whether a file can hold it."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _env_file(environ: dict[str, str]) -> str:
    return "".join(f"'{name}'={quoted(value)}\n" for name, value in environ.items())


@pytest.fixture(scope="module")
def one_page(browser: Browser) -> Iterator[Page]:
    """The same page of the browser for all contracts: to make one takes longer than all else."""
    shown = browser.new_page()
    shown.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    shown.on("pageerror", lambda error: wrong.append(str(error)))
    yield shown
    shown.close()
    assert not wrong


@pytest.mark.parametrize("trap", TRAPS, ids=[trap.sentence.replace("[", "(").replace("]", ")") for trap in TRAPS])
def test_traps_of_pydantic(trap: Trap, one_page: Page, in_nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Built(trap.source) as settings:
        contract = baked_or_refused(settings).contract
    if contract is None:
        return  # tests/fidelity says what bake refuses
    contract.dump(in_nowhere / "contract.json")
    one_page.goto(written(contract, in_nowhere))
    unsure = 0
    for attempt in trap.tries:
        if attempt.files or not all(_fits(text) and "=" not in name for name, text in attempt.environ.items()):
            continue
        text = _env_file(attempt.environ)
        (in_nowhere / "case.env").write_text(text, encoding="utf-8", newline="")
        shown = of_page(one_page, text)
        unsure += shown.valid is None
        command = of_command(in_nowhere / "contract.json", in_nowhere / "case.env", capsys)
        assert not difference(command, shown), f"{attempt.environ}: {difference(command, shown)}"
    assert unsure == UNSURE_TRAPS.get(trap.sentence, 0), "what only boot can tell is listed in table.py"


def test_a_table_of_cases(
    opened: Opened, everything: Contract, in_nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    everything.dump(in_nowhere / "contract.json")
    page = opened()
    wrong, unsure = [], []
    for text in CASES:
        (in_nowhere / "case.env").write_text(text, encoding="utf-8", newline="")
        shown = of_page(page, text)
        if shown.valid is None:
            unsure.append(text)
        found = difference(of_command(in_nowhere / "contract.json", in_nowhere / "case.env", capsys), shown)
        if found:
            wrong.append(f"{text!r}: {found}")
    assert not wrong, "\n".join(wrong)
    assert unsure == list(UNSURE)
    assert len(CASES) > 10 * len(UNSURE)


def test_the_program_itself_says_the_same(opened: Opened, everything: Contract, tmp_path: Path) -> None:
    """The table runs the command's function; here is the command."""
    everything.dump(tmp_path / "contract.json")
    page = opened()
    for text in (CASES[0], "APP_PORT=0\nAPP_MAIL__PORT=25\nAPP_PROT=1\n"):
        (tmp_path / "case.env").write_text(text)
        command = [sys.executable, "-m", "confcontract", "validate", "--no-environ", "--format", "json"]
        command += ["--contract", str(tmp_path / "contract.json"), "--env-file", str(tmp_path / "case.env")]
        ended = subprocess.run(command, capture_output=True, text=True)
        problems = json.loads(ended.stdout)["problems"]
        shown = of_page(page, text)
        assert (ended.returncode == 0) == shown.valid
        assert {one["variable"] for one in problems if one["severity"] == "error"} == shown.wrong


def test_a_role_needs_less(opened: Opened, tmp_path: Path) -> None:
    from confcontract import Role, declare

    roles = {"web": Role(command=["web"], needs=["APP_NAME"]), "all": Role(command=["all"])}
    page = opened(baked(declare(Everything, name="example", version="1", roles=roles)))
    page.click("#open-form")
    assert "APP_NAME" in page.inner_text("#problems")
    page.select_option("#role", "web")
    expect(page.locator("#verdict")).to_have_attribute("data-verdict", "invalid")
    page.get_by_label("Your value").and_(page.locator("[id='value:APP_NAME']")).fill("shop")
    expect(page.locator("#verdict")).to_have_attribute("data-verdict", "valid")
