"""The report as SARIF, for code scanning. Each finding is located in a file of the image."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from confcontract.audit.audit_report import AuditReport
from confcontract.audit.audit_rule import AuditFinding
from confcontract.audit.rules import all_audit_rules
from confcontract.findings.sarif_log import sarif_invocation, sarif_log, sarif_result, sarif_rule
from confcontract.report import terminal


def render(report: AuditReport, **_: object) -> str:
    used = sorted({each.rule for each in report.findings})
    rules = [all_audit_rules()[name] for name in used]
    told = [("error", problem.code, problem.message) for problem in report.problems]
    told += [("note", "not-examined", what) for what in report.unexamined]
    return sarif_log(
        "audit",
        [sarif_rule(rule.id, rule.purpose, rule.remedy, rule.severity) for rule in rules],
        sarif_invocation(failed=report.failed, exit_code=report.exit_code, told=told),
        [_result(report, each, used) for each in report.findings],
    )


def _result(report: AuditReport, finding: AuditFinding, used: list[str]) -> dict[str, Any]:
    about = f"{finding.about}: " if finding.about else ""
    where = f" Layer {finding.layer}: {finding.instruction}" if finding.layer is not None else ""
    text = f"{about}{finding.sentence}. {finding.remedy}{where}"
    properties = {"image": terminal.printable(report.image)}
    result = sarif_result(finding, finding.rule, used, text, finding.fingerprint, properties)
    location: dict[str, Any] = {}
    if finding.about.startswith("/"):
        location["physicalLocation"] = {"artifactLocation": {"uri": quote(finding.about.lstrip("/"), errors="replace")}}
    if finding.about:
        location["logicalLocations"] = [{"name": terminal.printable(finding.about)}]
    return result | ({"locations": [location]} if location else {})
