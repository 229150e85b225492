"""Reports findings as GitHub annotations."""

from __future__ import annotations

from confcontract.audit.audit_report import AuditReport
from confcontract.audit.audit_rule import AuditFinding
from confcontract.findings.workflow_commands import command_for, to_do, workflow_command


def render(report: AuditReport, **_: object) -> str:
    lines = [
        workflow_command("error", "the image could not be audited", [each.message, to_do(each.hint)])
        for each in report.problems
    ]
    lines += [_annotation(report, each) for each in report.findings]
    if not report.failed:
        lines.append(workflow_command("notice", "confcontract audit", [report.words]))
    lines += [workflow_command("notice", "approvals", [note]) for note in report.notes]
    lines += [workflow_command("notice", "not examined", [what]) for what in report.unexamined]
    return "".join(lines)


def _annotation(report: AuditReport, finding: AuditFinding) -> str:
    title = f"{finding.about} ({finding.rule})" if finding.about else finding.rule
    layer = f"layer {finding.layer}: {finding.instruction}" if finding.layer is not None else ""
    todo = f"approved: {finding.approved}" if finding.approved else to_do(finding.remedy)
    return workflow_command(command_for(finding, blocks=report.blocks(finding)), title, [finding.sentence, layer, todo])
