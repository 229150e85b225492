"""docs/reference/faults.md: the table of all cases, as the suite saw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.faults.case import Case, Row
from tests.support.pages import ROOT

PAGE = ROOT / "docs/reference/faults.md"

_HEAD = """\
# Failures and their reports

Every row is a real run: a whole `confcontract boot`, as a process of its own, against real servers and real
processes. The suite runs each row, compares it with this page, and then looks for the secrets of the run, which are
unique to it, in all that can be read: standard output and standard error at the most talkative level, what the health
endpoints answer with all details, the metrics, the command line of every process, the environment of boot and of the
programs of its checks, and the files that are left on disk. No row shows one. Numbers that differ from run to run
(ports, seconds, sizes) are replaced by others.

<!-- Written by the suite: FAULTS_PAGE=write pytest tests/faults -->
"""

_VAULT = """
A boot of a contract with one secret, `SHOP_PASSWORD` at `secret/shop#password` unless the case says otherwise, against
a real server, with a proxy before it that makes the fault. Exit 0 means that the application was started with the right
value. What is final ends boot at once; what may pass is tried again until the deadline, which is a second or two here.
"""
_INTRODUCTIONS = {
    "Network": _VAULT,
    "State": "",
    "Auth": "",
    "Secrets": "",
    "Leases": """
`boot --supervise` of an application with a database user of its own, from a real database engine before a real
PostgreSQL, which counts the credentials that were ever made. The column secrets is what health says of them, in its
order; DOWN fails readiness, DEGRADED does not. At the end the supervisor is asked to end: none of the credentials is
then left in the database.
""",
    "Process": """
"exec": `confcontract boot`, which becomes the application. "supervised": `confcontract boot --supervise`, which stays as
its parent; 128+n is then the exit code after signal n. Where neither is named, both do the same.
""",
    "Dependencies and probes": """
The columns live, ready and started hold the HTTP status of the supervisor's `/health/live`, `/health/ready` and
`/health/started`, and the exit code of `confcontract probe live`, `ready` and `startup` at the same moment; several
where the case has several moments. "–" stands where there is no supervisor, or not any more.
""",
}

_BOOT = ("exit", "problem", "message")
_COLUMNS = {
    "Leases": ("credentials", "application", "secrets", "message"),
    "Process": ("exit", "problem", "what happens"),
    "Dependencies and probes": ("exit", "problem", "live", "ready", "started", "message"),
}


def row(case: Case, seen: Row) -> str:
    assert len(seen.cells) == len(_COLUMNS.get(case.list, _BOOT)), seen.cells
    return _line(_cell(case.name), *map(_cell, seen.cells))


def page(cases: Sequence[Case], rows: Mapping[str, str]) -> str:
    """rows: by repr of the case."""
    parts = [_HEAD]
    for name in dict.fromkeys(case.list for case in cases):
        columns = ("case", *_COLUMNS.get(name, _BOOT))
        parts.append(f"\n## {name}\n{_INTRODUCTIONS[name]}\n{_line(*columns)}\n{'|---' * len(columns)}|\n")
        parts += [rows[repr(case)] + "\n" for case in cases if case.list == name]
    return "".join(parts)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def rows_of(text: str, cases: Sequence[Case]) -> dict[str, str]:
    """The rows of a page, by repr of the case; what is not a case of ours is left out."""
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
