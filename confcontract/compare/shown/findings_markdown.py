"""For a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from confcontract.compare.diff import Comparison
from confcontract.compare.finding import Finding
from confcontract.compare.report_of_diff import DiffReport, called, step, verdict
from confcontract.compare.several_versions import table_of
from confcontract.findings.direction import FORWARD, Direction
from confcontract.findings.in_numbers import in_numbers
from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING
from confcontract.report import terminal
from confcontract.report.terminal import printable

_SIGNS = {ERROR: "❌ error", REVIEW: "🔍 review", WARNING: "⚠️ warning", INFO: "note"}
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$])")
_MENTION = re.compile(r"([@#])(?=\w)")


def render(report: DiffReport, **_: object) -> str:
    return "\n".join(map(terminal.harmless, _lines(report))).rstrip("\n") + "\n"


def _lines(report: DiffReport) -> Iterator[str]:
    if report.failed:
        yield "### ❌ The comparison of configurations could not be evaluated"
        yield ""
        yield "Nothing is known about this change: do not treat it as safe."
        yield ""
        for problem in report.problems:
            hint = f" To do: {plain(problem.hint)}." if problem.hint else ""
            yield f"- `{problem.code}`: {plain(problem.message)}.{hint}"
        return
    if len(report.comparisons) > 1:
        yield from _several(report)
    else:
        for comparison in report.comparisons:
            for direction in comparison.directions:
                yield from _direction(report, comparison, direction)
    yield from _deployments(report)
    if report.notes:
        yield "#### Approvals"
        yield ""
        yield from (f"- {plain(note)}" for note in report.notes)
        yield ""


def _deployments(report: DiffReport) -> Iterator[str]:
    if not report.deployments:
        return
    from confcontract.compare.deployment_words import refusals, there

    yield f"### In this environment ({', '.join(code(each) for each in report.deployments[0].files)})"
    yield ""
    for comparison, deployment in zip(report.comparisons, report.deployments, strict=False):
        of = f"{plain(called(comparison, FORWARD))}: " if len(report.comparisons) > 1 else ""
        yield f"**{of}{plain(there(report, comparison, deployment))}**"
        yield ""
        for after, told in refusals(comparison, deployment):
            yield from (f"- {plain(after.called)}: {plain(each)}" for each in told)
            yield ""


def _here(finding: Finding) -> str:
    return f"<br>here: {finding.bearing.value}, {plain(finding.here)}" if finding.bearing else ""


def _direction(report: DiffReport, comparison: Comparison, direction: Direction) -> Iterator[str]:
    found = comparison.of(direction)
    sign = "✅" if report.passes(comparison, direction) else "❌"
    yield f"### {sign} {plain(called(comparison, direction))}: {verdict(report, comparison, direction)}"
    yield ""
    if not found:
        yield "No differences matter in this direction."
        yield ""
        return
    yield f"{in_numbers(found)}."
    yield ""
    yield from _table(report, [each for each in found if each.severity is not INFO and not each.approved])
    yield from _folded("notes", [each for each in found if each.severity is INFO and not each.approved])
    yield from _folded("approved", [each for each in found if each.approved])
    if blocking := [each for each in found if report.blocks(each)]:
        yield from _approving(blocking)


def _table(report: DiffReport, findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield "| | variable | what changed | what to do |"
    yield "|---|---|---|---|"
    for each in findings:
        declared = report.located(each.declared)
        place = f"<br><sub>`{each.rule}`{f', {plain(declared)}' if declared else ''}</sub>"
        remedy = each.remedy if not each.approved else f"approved: {each.approved}"
        what = f"{plain(each.sentence)}{_here(each)}{place}"
        yield f"| {_SIGNS[each.severity]} | {code(each.where)} | {what} | {plain(remedy)} |"
    yield ""


def _folded(what: str, findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    what = what[:-1] if len(findings) == 1 and what.endswith("s") else what
    yield f"<details><summary>{len(findings)} {what}</summary>"
    yield ""
    for each in findings:
        where = f"{code(each.where)} " if each.where else ""
        reason = f" Approved: {plain(each.approved)}." if each.approved else ""
        yield f"- {where}{plain(each.sentence)} (`{each.rule}`).{reason}"
    yield ""
    yield "</details>"
    yield ""


def _approving(findings: Sequence[Finding]) -> Iterator[str]:
    yield "<details><summary>How to accept a finding</summary>"
    yield ""
    yield "Run the comparison again with `--approve FINGERPRINT --reason WHY --expires DATE`,"
    yield "and commit the file that it writes."
    yield ""
    for each in findings:
        where = f"{code(each.where)} " if each.where else ""
        yield f"- `{each.fingerprint}`: {where}`{each.rule}`"
    yield ""
    yield "</details>"
    yield ""


def _several(report: DiffReport) -> Iterator[str]:
    for direction in report.comparisons[0].directions:
        table = table_of(report, direction)
        new = report.comparisons[0].new
        way = f"to {new.version} from" if step(direction) == "upgrade" else f"from {new.version} to"
        yield f"### {plain(new.name)}: {step(direction)} {plain(way)} {plain(', '.join(table.versions))}"
        yield ""
        for comparison in report.comparisons:
            yield f"- {plain(called(comparison, direction))}: {verdict(report, comparison, direction)}"
        yield ""
        if not table.rows:
            continue
        yield f"| variable | what | {' | '.join(map(plain, table.versions))} |"
        yield f"|---|---|{'---|' * len(table.versions)}"
        for row in table.rows:
            cells = " | ".join(plain(cell) for cell in row.cells)
            what = f"{plain(row.finding.sentence)}<br><sub>`{row.finding.rule}`</sub>"
            yield f"| {code(row.finding.where)} | {what} | {cells} |"
        yield ""


def plain(text: str) -> str:
    """Text that no Markdown renderer reads as markup, a mention or a link, on one line."""
    escaped = _MARKUP.sub(r"\\\1", printable(text)).replace("://", ":\u200b//")
    return _MENTION.sub("\\1\u200b", escaped)


def code(text: str) -> str:
    """A name as code; in a table, bars must be escaped even there."""
    if not text:
        return ""
    inner = printable(text).replace("|", "\\|")
    return f"`{inner}`" if "`" not in inner else f"`` {inner} ``"
