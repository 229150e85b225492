"""Each case, and that the published table is the one that was seen."""

from __future__ import annotations

import os
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator

import pytest

# they register their cases
from tests.faults import auth, dependencies, leases, network, phases, process, secret, state, terminal  # noqa: F401
from tests.faults.case import CASES, LISTS, Case
from tests.faults.conftest import Stages
from tests.faults.page import PAGE, page, row, rows_of
from tests.support.pages import ROOT

CASES.sort(key=lambda case: LISTS.index(case.list))
WRITE = os.environ.get("FAULTS_PAGE") == "write"
# Deadlines and leases are of a second or two here. A busy machine may use one up before what matters can happen: then
# the case is played again, with longer deadlines. What `forbid` forbids is never forgiven.
PATIENCE = (1, 5, 20)


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
def test_a_fault_ends_as_the_table_says(case: Case, stages: Stages, seen: dict[str, str]) -> None:
    expected = None if WRITE else rows_of(PAGE.read_text(encoding="utf-8"), CASES).get(repr(case))
    for patience in PATIENCE:
        try:
            found = seen[repr(case)] = _played(case, stages, patience)
            assert expected in (found, None)
            return
        except AssertionError:
            if patience == PATIENCE[-1] or case.list == "Process":  # there is no hurry there
                raise


def _played(case: Case, stages: Stages, patience: int) -> str:
    with stages(case.list, patience) as stage:
        found = row(case, case.play(stage))
        stage.search()
        return found


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
