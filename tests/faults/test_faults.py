"""Each case, and that the published table is the one that was seen."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.faults import auth, network, secret, state  # noqa: F401 - they register their cases
from tests.faults.page import PAGE, page, row, rows_of
from tests.faults.stage import CASES, Case, Stage

CASES.sort(key=lambda case: ("Network", "State", "Auth", "Secrets").index(case.list))
WRITE = os.environ.get("FAULTS_PAGE") == "write"


@pytest.fixture(scope="module")
def seen() -> Iterator[dict[str, str]]:
    """The rows as they were seen in this run."""
    rows: dict[str, str] = {}
    yield rows
    if WRITE:
        before = rows_of(PAGE.read_text(encoding="utf-8"), CASES) if PAGE.exists() else {}
        together = {**before, **rows}
        if len(together) == len(CASES):
            PAGE.write_text(page(CASES, together), encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_a_fault_ends_as_the_table_says(case: Case, stage: Stage, seen: dict[str, str]) -> None:
    found = seen[repr(case)] = row(case, case.play(stage))
    if not WRITE:
        assert found == rows_of(PAGE.read_text(encoding="utf-8"), CASES).get(repr(case))


def test_the_table_holds_every_case_and_nothing_else() -> None:
    if WRITE:
        pytest.skip("the page is being written")
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(CASES, rows_of(text, CASES))


def test_no_case_is_there_twice() -> None:
    assert [name for name, count in Counter(map(repr, CASES)).items() if count > 1] == []
