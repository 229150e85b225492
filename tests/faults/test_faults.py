"""Each case, and that the published table is the one that was seen."""

from __future__ import annotations

import os
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

# they register their cases
from tests.faults import auth, dependencies, leases, network, phases, process, secret, state, terminal  # noqa: F401
from tests.faults.case import CASES, LISTS, Case
from tests.faults.page import PAGE, page, row, rows_of
from tests.pages import ROOT

CASES.sort(key=lambda case: LISTS.index(case.list))
WRITE = os.environ.get("FAULTS_PAGE") == "write"
STAGES = {"Leases": "lending", "Process": "place", "Dependencies and probes": "place"}


@pytest.fixture(scope="module")
def seen() -> Iterator[dict[str, str]]:
    """The rows as they were seen in this run."""
    rows: dict[str, str] = {}
    yield rows
    if WRITE:
        before = rows_of(PAGE.read_text(encoding="utf-8"), CASES) if PAGE.exists() else {}
        together = {**before, **rows}
        PAGE.write_text(page([case for case in CASES if repr(case) in together], together), encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_a_fault_ends_as_the_table_says(case: Case, request: pytest.FixtureRequest, seen: dict[str, str]) -> None:
    stage: Any = request.getfixturevalue(STAGES.get(case.list, "stage"))
    found = row(case, case.play(stage))
    stage.search()
    seen[repr(case)] = found
    if not WRITE:
        assert found == rows_of(PAGE.read_text(encoding="utf-8"), CASES).get(repr(case))


def test_the_table_holds_every_case_and_nothing_else() -> None:
    if WRITE:
        pytest.skip("the page is being written")
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(CASES, rows_of(text, CASES))


def test_the_table_holds_nothing_of_the_machine_that_it_was_seen_on() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for place in (str(ROOT), "/root", "/home/", f"{tempfile.gettempdir()}/", "pytest-", socket.gethostname()):
        assert place not in text


def test_no_case_is_there_twice() -> None:
    assert [name for name, count in Counter(map(repr, CASES)).items() if count > 1] == []
