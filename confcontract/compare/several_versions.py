"""Compare several older versions with one: a table, versions × findings."""

from __future__ import annotations

from dataclasses import dataclass

from confcontract.compare.finding import Finding
from confcontract.compare.report_of_diff import DiffReport
from confcontract.findings.direction import Direction

ABSENT = "–"


@dataclass(frozen=True)
class VersionsRow:
    """finding: the worst of its kind. cells: the result for each of the versions. versions: those that have the
    finding.
    """

    finding: Finding
    cells: tuple[str, ...]
    versions: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    versions: tuple[str, ...]
    rows: tuple[VersionsRow, ...]


def table_of(report: DiffReport, direction: Direction) -> Table:
    """Findings of the same rule about the same setting are one row, regardless of the old versions' values."""
    versions = _told_apart([each.old.version for each in report.comparisons])
    found: dict[tuple[str, str, str, str], list[Finding | None]] = {}
    for number, comparison in enumerate(report.comparisons):
        for each in comparison.of(direction):
            about = each.new if each.path else each.old + each.new
            row = found.setdefault((each.rule, each.path, about, each.names[-1] if each.names else ""), [])
            row += [None] * (len(report.comparisons) - len(row))
            row[number] = each
    rows = [_row(versions, cells) for cells in found.values()]
    rows.sort(key=lambda row: (row.finding.severity.rank, row.finding.order, row.finding.fingerprint))
    return Table(versions, tuple(rows))


def _row(versions: tuple[str, ...], cells: list[Finding | None]) -> VersionsRow:
    there = [each for each in cells if each is not None]
    worst = min(there, key=lambda each: (bool(each.approved), each.severity.rank))
    return VersionsRow(
        worst,
        tuple(ABSENT if each is None else "approved" if each.approved else each.severity.value for each in cells),
        tuple(version for version, each in zip(versions, cells, strict=True) if each is not None),
    )


def _told_apart(versions: list[str]) -> tuple[str, ...]:
    """Two contracts may have the same version."""
    seen: dict[str, int] = {}
    told = []
    for version in versions:
        seen[version] = seen.get(version, 0) + 1
        told.append(version if seen[version] == 1 else f"{version} ({seen[version]})")
    return tuple(told)
