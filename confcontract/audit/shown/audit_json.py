"""The report for programs. "complete" is false if the image could not be audited; then there are no findings."""

from __future__ import annotations

import json
from typing import Any

from confcontract.audit.audit_report import AuditReport
from confcontract.audit.audit_rule import AuditFinding
from confcontract.report import terminal


def render(report: AuditReport, **_: object) -> str:
    told: dict[str, Any] = {"complete": not report.failed, "exitCode": report.exit_code, "image": report.image}
    if report.facts is None:
        told["problems"] = [problem.as_dict() for problem in report.problems]
    else:
        facts = report.facts
        told |= {
            "digest": facts.digest or None,
            "contract": {"name": facts.contract, "digest": facts.contract_digest} if facts.contract else None,
            "failOn": report.threshold.value,
            "counts": {severity.value: count for severity, count in report.counts.items()},
            "findings": [_finding(report, each) for each in facts.findings],
            "searchedFor": list(facts.searched),
            "notExamined": list(facts.unexamined),
            "notes": list(report.notes),
        }
    return terminal.harmless_json(json.dumps(told, indent=2, ensure_ascii=True)) + "\n"


def _finding(report: AuditReport, finding: AuditFinding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "blocks": report.blocks(finding),
        "about": finding.about or None,
        "files": list(finding.files) or None,
        "sentence": finding.sentence,
        "layer": finding.layer,
        "instruction": finding.instruction or None,
        "remedy": finding.remedy,
        "fingerprint": finding.fingerprint,
        "approved": finding.approved or None,
    }
