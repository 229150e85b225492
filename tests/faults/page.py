"""docs/reference/faults.md: the table of all cases, as the suite saw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.faults.stage import Case, Verdict
from tests.pages import ROOT

PAGE = ROOT / "docs/reference/faults.md"

_HEAD = """\
# Faults

Every row is a whole boot of a contract with one secret, `SHOP_PASSWORD` at `secret/shop#password` unless the case says
otherwise, against a real server, with a proxy before it that makes the fault. The suite runs each row, compares it with
this page, and searches all that was said for the secret, for every token and for every other credential; boot leaves no
file behind. Exit 0 means that the application was started with the right value. What is final ends boot at once; what
may pass is tried again until the deadline, which is a second or two here.

<!-- Written by the suite: FAULTS_PAGE=write pytest tests/faults -->
"""


def row(case: Case, verdict: Verdict) -> str:
    problem = f"`{verdict.problem}`" if verdict.problem else ""
    return f"| {_cell(case.name)} | {verdict.code} | {problem} | {_cell(verdict.message)} |"


def page(cases: Sequence[Case], rows: Mapping[str, str]) -> str:
    """rows: by repr of the case."""
    parts = [_HEAD]
    for name in dict.fromkeys(case.list for case in cases):
        parts.append(f"\n## {name}\n\n| case | exit | problem | message |\n|---|---|---|---|\n")
        parts += [rows[repr(case)] + "\n" for case in cases if case.list == name]
    return "".join(parts)


def rows_of(text: str, cases: Sequence[Case]) -> dict[str, str]:
    """The rows of a page, by repr of the case; what is no case of ours is left out."""
    found = {}
    heading = ""
    by_start = {(case.list, _cell(case.name)): case for case in cases}
    for line in text.splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif line.startswith("| "):
            case = by_start.get((heading, line[2:].partition(" | ")[0]))
            if case is not None:
                found[repr(case)] = line
    return found


def _cell(text: str) -> str:
    """Markdown would take some characters for its own."""
    for character in "\\|<*_":
        text = text.replace(character, f"\\{character}")
    return text
