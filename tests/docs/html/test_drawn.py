"""Classes and environments drawn at random, as tests/fidelity draws them for boot, judged by the page and the command.

`FIDELITY_PAGES=500 pytest tests/docs/html/test_drawn.py` for a longer run.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from confcontract.contract.dotenvtext import quoted
from tests.docs.html.deno import Deno
from tests.docs.html.verdicts import difference, of_command, of_page
from tests.fidelity.boot import baked as baked_or_refused
from tests.fidelity.drawing import first_seed, for_each_case
from tests.fidelity.spec import Built

CLASSES = int(os.environ.get("FIDELITY_PAGES", "40"))
LEAST_JUDGED = 0.1  # of the pairs, with either verdict: what is drawn is odder than what people write


def _fits(text: str) -> bool:
    return not any(character in "\0'=" or "\ud800" <= character <= "\udfff" for character in text)


def test_page_and_command_agree(
    deno: Deno, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tally: Counter[str] = Counter()

    def check(case: tuple[Any, Any]) -> None:
        spec, environments = case
        source = spec.source()
        with Built(source) as settings:
            contract = baked_or_refused(settings).contract
        if contract is None:
            return
        contract.dump("contract.json")
        for environment in environments:
            environ = environment.mapping()
            if environment.files or not all(map(_fits, environ)) or "\0" in "".join(environ.values()):
                continue
            text = "".join(f"'{name}'={quoted(value)}\n" for name, value in environ.items())
            try:
                Path("case.env").write_text(text, encoding="utf-8", newline="")
            except UnicodeEncodeError:
                continue  # bytes that are not text can't be in a page
            command, shown = of_command(Path("contract.json"), Path("case.env"), capsys), of_page(deno, contract, text)
            tally["pairs"] += 1
            tally[str(shown.valid)] += 1
            found = difference(command, shown)
            if found:
                pytest.fail(f"{found}\n\n{source}\n{text}", pytrace=False)

    for_each_case(check, CLASSES, first_seed())
    assert tally["pairs"] > CLASSES
    assert min(tally["True"], tally["False"]) > LEAST_JUDGED * tally["pairs"]
