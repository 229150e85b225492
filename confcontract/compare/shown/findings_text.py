"""For people, on a terminal or in a log: one line for each finding, then what to do, and the verdict at the end."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.compare.diff import Comparison
from confcontract.compare.finding import Bearing, Finding
from confcontract.compare.report_of_diff import DiffReport, called, step, verdict
from confcontract.compare.several_versions import Table, table_of
from confcontract.findings.direction import FORWARD, Direction
from confcontract.findings.in_numbers import in_numbers
from confcontract.findings.severity import INFO
from confcontract.findings.text_lines import INDENT, how_to_accept, severity_column
from confcontract.report import terminal
from confcontract.report.terminal import paint, printable


def render(report: DiffReport, *, color: bool = False) -> str:
    lines = [*_lines(report, color)]
    return "\n".join(terminal.harmless(line.rstrip()) for line in lines) + "\n"


def _lines(report: DiffReport, color: bool) -> Iterator[str]:
    if report.failed:
        yield from _failed(report, color)
        return
    if len(report.comparisons) > 1:
        yield from _several(report, color)
    else:
        for comparison in report.comparisons:
            for direction in comparison.directions:
                yield from _direction(report, comparison, direction, color)
    for note in report.notes:
        yield f"note: {printable(note)}"
    if report.notes:
        yield ""
    for comparison in report.comparisons:
        for direction in comparison.directions:
            found = comparison.of(direction)
            numbers = in_numbers(found) if found else "no differences"
            text = f"{called(comparison, direction)}: {verdict(report, comparison, direction)} ({numbers})."
            hue = terminal.GREEN if report.passes(comparison, direction) else terminal.RED
            yield paint(printable(text), color, terminal.BOLD, hue)
    if report.deployments:
        yield ""
        yield from _deployments(report, color)


def _deployments(report: DiffReport, color: bool) -> Iterator[str]:
    from confcontract.compare.deployment_words import refusals, there

    for comparison, deployment in zip(report.comparisons, report.deployments, strict=False):
        for verdict_of, told in refusals(comparison, deployment):
            yield f"{printable(verdict_of.called)} refuses this environment:"
            yield from (f"  {printable(each)}" for each in told)
            yield ""
    for comparison, deployment in zip(report.comparisons, report.deployments, strict=False):
        of = f"{printable(called(comparison, FORWARD))}: " if len(report.comparisons) > 1 else ""
        yield paint(of + printable(there(report, comparison, deployment)), color, terminal.BOLD)


def _failed(report: DiffReport, color: bool) -> Iterator[str]:
    yield paint("The comparison could not be evaluated: nothing is known about this change.", color, terminal.BOLD)
    yield ""
    for problem in report.problems:
        yield f"{paint('error', color, terminal.BOLD, terminal.RED)}  [{problem.code}] {printable(problem.message)}"
        if problem.hint:
            yield f"       do: {printable(problem.hint)}"


def _direction(report: DiffReport, comparison: Comparison, direction: Direction, color: bool) -> Iterator[str]:
    found = comparison.of(direction)
    if len(comparison.directions) > 1 and found:
        yield paint(f"{step(direction).upper()}  {printable(called(comparison, direction))}", color, terminal.BOLD)
        yield ""
    for finding in found:
        yield from _entry(report, finding, color)
        if finding.severity is not INFO:
            yield ""
    if found and found[-1].severity is INFO:
        yield ""


def _entry(report: DiffReport, finding: Finding, color: bool) -> Iterator[str]:
    severity = severity_column(finding.severity, color)
    where = f"{printable(finding.where)} " if finding.where else ""
    rule = paint(f"[{finding.rule}]", color, terminal.DIM)
    declared = report.located(finding.declared)
    behind = paint(f"  ({printable(declared)})", color, terminal.DIM) if declared else ""
    yield f"{severity}{paint(where, color, terminal.BOLD)}{rule} {printable(finding.sentence)}{behind}"
    if finding.approved:
        yield f"{INDENT}approved: {printable(finding.approved)}"
        return
    if finding.bearing and (finding.severity is not INFO or finding.bearing is Bearing.BITES):
        yield f"{INDENT}here: {finding.bearing.value}, {printable(finding.here)}"
    if finding.bearing is Bearing.HARMLESS:
        return
    if finding.severity is not INFO:
        yield f"{INDENT}do: {printable(finding.remedy)}"
    if report.blocks(finding):
        yield how_to_accept(finding.fingerprint, color)


def _several(report: DiffReport, color: bool) -> Iterator[str]:
    for direction in report.comparisons[0].directions:
        table = table_of(report, direction)
        if not table.rows:
            continue
        yield from _table(table, direction, color)
        for row in table.rows:
            yield from _entry(report, row.finding, color)
            if row.finding.severity is not INFO:
                yield f"{INDENT}versions: {', '.join(map(printable, row.versions))}"
                yield ""
        if table.rows[-1].finding.severity is INFO:
            yield ""


def _table(table: Table, direction: Direction, color: bool) -> Iterator[str]:
    heads = [printable(version) for version in table.versions]
    labels = [f"{printable(row.finding.where)} [{row.finding.rule}]".strip() for row in table.rows]
    wide = max(map(terminal.columns, labels))
    first = f"{step(direction).upper()} {'from' if step(direction) == 'upgrade' else 'to'}"
    wide = max(wide, len(first))
    columns = [max(7, terminal.columns(head)) for head in heads]
    yield paint("  ".join([terminal.pad(first, wide), *map(terminal.pad, heads, columns)]), color, terminal.BOLD)
    for label, row in zip(labels, table.rows, strict=True):
        cells = [terminal.pad(cell, width) for cell, width in zip(row.cells, columns, strict=True)]
        yield "  ".join([terminal.pad(label, wide), *cells])
    yield ""
