"""The pairs of releases that `make matrix` tests: what is locked for them, and what the documentation says of them."""

from __future__ import annotations

import re

import pytest

from confcontract.author import release_check
from tests.install.lockfile import locked, release_of
from tests.matrix import LOCKS, Pair, pairs, wanted_in_ci
from tests.support.pages import ROOT


@pytest.mark.parametrize("pair", pairs(), ids=str)
def test_a_pair_is_locked_in_the_releases_that_it_is_called_after(pair: Pair) -> None:
    pinned = {name: release_of(entry) for name, entry in locked(pair.lock).items()}
    assert (pinned["pydantic"], pinned["pydantic-settings"]) == (pair.pydantic, pair.settings)
    assert "http" not in re.sub(r"(?m)^ *#.*$", "", pair.lock.read_text(encoding="utf-8"))


def test_there_is_no_lock_without_a_pair() -> None:
    assert {path.name for path in LOCKS.glob("*-*.txt")} == {pair.lock.name for pair in pairs()}


def test_the_lowest_pair_is_what_the_metadata_allows_and_is_always_tested() -> None:
    lowest = pairs()[0]
    assert re.fullmatch(re.escape(release_check.PYDANTIC.lowest) + r"(\.0)*", lowest.pydantic)
    assert re.fullmatch(re.escape(release_check.SETTINGS.lowest) + r"(\.0)*", lowest.settings)
    assert lowest.in_ci


def test_the_lowest_the_middle_and_the_newest_are_tested_in_ci_here_or_by_the_whole_suite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = pairs()
    marked = [pair for pair in known if pair.in_ci]
    assert (marked[0], marked[-1], len(marked)) == (known[0], known[-1], 3)
    for installed in known:
        releases = {"pydantic": installed.pydantic, "pydantic-settings": installed.settings}
        monkeypatch.setattr("tests.matrix.version", releases.__getitem__)
        assert wanted_in_ci(known) == [pair for pair in marked if pair != installed]


def test_the_documentation_says_what_is_tested() -> None:
    page = (ROOT / "docs/explanation/fidelity.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\d.]+) \| ([\d.]+) \| (yes)? ?\|$", page, re.MULTILINE)
    assert [Pair(one, other, in_ci=bool(mark)) for one, other, mark in rows] == pairs()
