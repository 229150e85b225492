"""Classes and environments drawn at random, as tests/fidelity draws them for boot, judged by the page and the command.

`FIDELITY_PAGES=500 pytest tests/docs_html/test_drawn.py` for a longer run.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from confcontract.contract.dotenvtext import quoted
from tests.fidelity.boot import baked as baked_or_refused
from tests.fidelity.drawing import first_seed, for_each_case
from tests.fidelity.spec import Built

from .browser import PATIENCE, written
from .verdicts import difference, of_command, of_page

CLASSES = int(os.environ.get("FIDELITY_PAGES", "40"))
MOST_UNSURE = 0.25  # of the pairs; half of these are classes that read files of their own


def _fits(text: str) -> bool:
    return not any(character in "\0'=" or "\ud800" <= character <= "\udfff" for character in text)


def test_page_and_command_agree(
    browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    tally: Counter[str] = Counter()

    def check(case: tuple[Any, Any]) -> None:
        spec, environments = case
        source = spec.source()
        with Built(source) as settings:
            contract = baked_or_refused(settings).contract
        if contract is None:
            return
        contract.dump("contract.json")
        page.goto(written(contract, tmp_path))
        for environment in environments:
            environ = environment.mapping()
            if environment.files or not all(map(_fits, environ)) or "\0" in "".join(environ.values()):
                continue
            text = "".join(f"'{name}'={quoted(value)}\n" for name, value in environ.items())
            try:
                Path("case.env").write_text(text, encoding="utf-8", newline="")
            except UnicodeEncodeError:
                continue  # bytes that are no text can't be in a page
            command, shown = of_command(Path("contract.json"), Path("case.env"), capsys), of_page(page, text)
            tally["pairs"] += 1
            tally["unsure"] += shown.valid is None
            found = difference(command, shown)
            if found:
                pytest.fail(f"{found}\n\n{source}\n{text}", pytrace=False)

    for_each_case(check, CLASSES, first_seed())
    page.close()
    assert tally["pairs"] > CLASSES
    assert tally["unsure"] < MOST_UNSURE * tally["pairs"]
