"""As workflow commands, which GitHub's runner turns into annotations.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from confcontract.audit.audit_report import AuditReport
from confcontract.audit.audit_rule import AuditFinding
from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING
from confcontract.report import terminal
from confcontract.report.github import escaped, escaped_property
from confcontract.report.terminal import printable

_COMMANDS = {ERROR: "error", REVIEW: "error", WARNING: "warning", INFO: "notice"}


def render(report: AuditReport, **_: object) -> str:
    lines = [
        _command("error", "the image could not be audited", [each.message, f"do: {each.hint}" if each.hint else ""])
        for each in report.problems
    ]
    lines += [_annotation(report, each) for each in report.findings]
    if not report.failed:
        lines.append(_command("notice", "confcontract audit", [report.words]))
    lines += [_command("notice", "approvals", [note]) for note in report.notes]
    lines += [_command("notice", "not examined", [what]) for what in report.unexamined]
    return "".join(lines)


def _annotation(report: AuditReport, finding: AuditFinding) -> str:
    command = _COMMANDS[finding.severity]
    if command == "error" and not report.blocks(finding):
        command = "notice" if finding.approved else "warning"
    title = f"{finding.about} ({finding.rule})" if finding.about else finding.rule
    layer = f"layer {finding.layer}: {finding.instruction}" if finding.layer is not None else ""
    todo = f"approved: {finding.approved}" if finding.approved else f"do: {finding.remedy}"
    return _command(command, title, [finding.sentence, layer, todo])


def _command(command: str, title: str, parts: list[str]) -> str:
    text = chr(10).join(_clean(part) for part in parts if part)
    return f"::{command} title={escaped_property(_clean(title))}::{escaped(text)}\n"


def _clean(text: str) -> str:
    return terminal.harmless(printable(text))
