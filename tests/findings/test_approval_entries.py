"""One file of approvals for all commands that have findings."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from confcontract.findings.approval_entries import approved_words, current, notes_on, read_approvals, with_entries
from confcontract.report.errors import ConfigurationInvalid

TODAY = date(2026, 11, 30)


@dataclass(frozen=True)
class Found:
    fingerprint: str
    direction: str = ""


def entry(fingerprint: str, more: str = "", expires: str = "2027-01-31") -> str:
    return f'[[approval]]\nfingerprint = "{fingerprint}"\nreason = "agreed"\nexpires = {expires}\n{more}\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "approvals.toml"
    file.write_text(entry("a") + entry("b", 'command = "audit"') + entry("c", 'command = "diff"', "2026-11-29"))
    return file


def test_each_command_gets_its_own_entries(path: Path) -> None:
    assert [each.fingerprint for each in read_approvals(str(path), "diff")] == ["a", "c"]
    assert [each.fingerprint for each in read_approvals(str(path), "audit")] == ["b"]
    assert read_approvals(str(path) + "x", "audit") == []


def test_a_finding_is_approved_by_its_fingerprint_until_the_last_day(path: Path) -> None:
    approvals = read_approvals(str(path), "diff")
    assert approved_words(Found("a"), current(approvals, TODAY)) == "agreed (until 2027-01-31)"
    assert approved_words(Found("c"), current(approvals, TODAY)) == ""
    assert approved_words(Found("c"), current(approvals, date(2026, 11, 29))) != ""
    notes = [*notes_on(approvals, [Found("c")], "it", TODAY, ())]
    assert notes == [
        "the approval of a is unused (it, line 1): remove it",
        "the approval of c expired on 2026-11-29 (it, line 11)",
    ]


@pytest.mark.parametrize(
    "text,said",
    [
        (entry("a", 'command = "inspect"'), "command is diff or audit"),
        (entry("a", 'directory = "x"'), "'directory' is not known here"),
        *(
            (entry("a", f"direction = {wrong}"), "direction is forward or rollback")
            for wrong in ('"up"', '""', "[]", "0")
        ),
        (entry("a", 'command = "audit"\ndirection = "forward"'), "only findings of diff have a direction"),
        ("[approval]\nx = 1\n", "entries begin with"),
        (entry("a").replace("agreed", " "), "needs a reason"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "it.toml").write_text(text)
    with pytest.raises(ConfigurationInvalid, match=said) as refused:
        read_approvals(str(tmp_path / "it.toml"), "diff")
    assert ", line " in str(refused.value)


def test_entries_are_added_to_what_is_there() -> None:
    text = with_entries("# ours\n", [{"fingerprint": "f", "command": "audit", "place": ""}], 'a "reason"', TODAY)
    assert text.startswith("# ours\n")
    assert tomllib.loads(text) == {
        "approval": [{"fingerprint": "f", "command": "audit", "reason": 'a "reason"', "expires": TODAY}]
    }
