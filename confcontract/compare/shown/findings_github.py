"""As GitHub annotations, at the declaration if it is known."""

from __future__ import annotations

from confcontract.compare.finding import Finding
from confcontract.compare.report_of_diff import DiffReport, called, verdict
from confcontract.findings.workflow_commands import command_for, to_do, workflow_command


def render(report: DiffReport, **_: object) -> str:
    if report.failed:
        return "".join(
            workflow_command("error", "the comparison could not be evaluated", [problem.message, to_do(problem.hint)])
            for problem in report.problems
        )
    lines = [_annotation(report, finding) for finding in report.findings]
    for comparison in report.comparisons:
        for direction in comparison.directions:
            text = f"{called(comparison, direction)}: {verdict(report, comparison, direction)}"
            lines.append(workflow_command("notice", "confcontract diff", [text]))
    lines += [workflow_command("notice", "approvals", [note]) for note in report.notes]
    return "".join(lines)


def _annotation(report: DiffReport, finding: Finding) -> str:
    title = f"{finding.where} ({finding.rule})" if finding.where else finding.rule
    parts = [
        f"{finding.direction.value}: {finding.sentence}",
        f"approved: {finding.approved}" if finding.approved else to_do(finding.remedy),
    ]
    file, colon, line = report.located(finding.declared).rpartition(":")
    place = {"file": file, "line": line} if colon else {}
    return workflow_command(command_for(finding, blocks=report.blocks(finding)), title, parts, place)
