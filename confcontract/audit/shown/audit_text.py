"""The report for people, on a terminal or in a log: each finding with its layer and remedy, then what was not examined,
and finally the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_report import AuditReport
from confcontract.audit.audit_rule import AuditFinding
from confcontract.findings.text_lines import INDENT, how_to_accept, severity_column
from confcontract.report import terminal
from confcontract.report.terminal import paint, printable

_INSTRUCTION = 120  # characters of an instruction that are shown


def render(report: AuditReport, *, color: bool = False) -> str:
    return "\n".join(terminal.harmless(line.rstrip()) for line in _lines(report, color)) + "\n"


def _lines(report: AuditReport, color: bool) -> Iterator[str]:
    for problem in report.problems:
        yield f"{paint('error', color, terminal.BOLD, terminal.RED)}   [{problem.code}] {printable(problem.message)}"
        if problem.hint:
            yield f"{INDENT}do: {printable(problem.hint)}"
        yield ""
    for finding in report.findings:
        yield from _entry(report, finding, color)
        yield ""
    for note in report.notes:
        yield f"note: {printable(note)}"
    for what in report.unexamined:
        yield f"not examined: {printable(what)}"
    if report.notes or report.unexamined:
        yield ""
    bad = report.exit_code != 0
    yield paint(f"{printable(report.words)}.", color, terminal.BOLD, terminal.RED if bad else terminal.GREEN)


def _entry(report: AuditReport, finding: AuditFinding, color: bool) -> Iterator[str]:
    severity = severity_column(finding.severity, color)
    rule = paint(f"[{finding.rule}]", color, terminal.DIM)
    about = paint(f"{printable(finding.about)} ", color, terminal.BOLD) if finding.about else ""
    yield f"{severity}{about}{rule} {printable(finding.sentence)}"
    if finding.layer is not None:
        made = f": {terminal.cut(printable(finding.instruction), _INSTRUCTION)}" if finding.instruction else ""
        yield f"{INDENT}layer {finding.layer}{made}"
    if finding.approved:
        yield f"{INDENT}approved: {printable(finding.approved)}"
        return
    yield f"{INDENT}do: {printable(finding.remedy)}"
    if report.blocks(finding):
        yield how_to_accept(finding.fingerprint, color)
