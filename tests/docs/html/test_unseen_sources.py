"""Beside a source that only the application can read, the page refuses nothing that `confcontract validate` accepts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.html.deno import Deno
from tests.docs.html.verdicts import of_command, of_page
from tests.fidelity.boot import baked
from tests.fidelity.spec import Built
from tests.fidelity.test_unseen_sources import ORDERS, SHAPES, source_of

TRIED = ("integer", "section", "discriminated", "mapping of some size", "union of sections")


@pytest.mark.parametrize("order", ORDERS)
def test_the_page_is_no_stricter_than_the_command(
    order: str, deno: Deno, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for shape in TRIED:
        with Built(source_of(shape, order)) as settings:
            contract = baked(settings).contract
        assert contract is not None
        contract.dump("contract.json")
        for variables in SHAPES[shape].environments:
            text = "".join(f"{name}='{value}'\n" for name, value in variables.items())
            Path("case.env").write_text(text)
            command, shown = of_command(Path("contract.json"), Path("case.env"), capsys), of_page(deno, contract, text)
            assert shown.valid is not False or not command.valid, (shape, text, shown)
