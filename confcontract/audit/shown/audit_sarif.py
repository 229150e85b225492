"""As SARIF 2.1.0, for code scanning. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from confcontract.audit.audit_report import AuditReport
from confcontract.audit.audit_rule import AuditFinding
from confcontract.audit.rules import all_audit_rules
from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING
from confcontract.report import terminal

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {ERROR: "error", REVIEW: "error", WARNING: "warning", INFO: "note"}


def render(report: AuditReport, **_: object) -> str:
    from confcontract import __version__

    used = sorted({each.rule for each in report.findings})
    driver = {"name": "confcontract audit", "version": __version__, "rules": [_rule(name) for name in used]}
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report)],
        "results": [_result(report, each, used) for each in report.findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return terminal.harmless_json(json.dumps(log, indent=2)) + "\n"


def _rule(name: str) -> dict[str, Any]:
    rule = all_audit_rules()[name]
    return {
        "id": name,
        "shortDescription": {"text": rule.purpose},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _invocation(report: AuditReport) -> dict[str, Any]:
    told = [("error", problem.code, problem.message) for problem in report.problems]
    told += [("note", "not-examined", what) for what in report.unexamined]
    notifications = [
        {"level": level, "descriptor": {"id": code}, "message": {"text": terminal.printable(text)}}
        for level, code, text in told
    ]
    invocation: dict[str, Any] = {"executionSuccessful": not report.failed, "exitCode": report.exit_code}
    return invocation | ({"toolExecutionNotifications": notifications} if notifications else {})


def _result(report: AuditReport, finding: AuditFinding, used: list[str]) -> dict[str, Any]:
    about = f"{finding.about}: " if finding.about else ""
    where = f" Layer {finding.layer}: {finding.instruction}" if finding.layer is not None else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": used.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": terminal.printable(f"{about}{finding.sentence}. {finding.remedy}{where}")},
        "partialFingerprints": {"confcontract/v1": finding.fingerprint},
        "properties": {"severity": finding.severity.value, "image": terminal.printable(report.image)},
    }
    if finding.approved:
        result["suppressions"] = [{"kind": "external", "justification": terminal.printable(finding.approved)}]
    location: dict[str, Any] = {}
    if finding.about.startswith("/"):
        location["physicalLocation"] = {"artifactLocation": {"uri": quote(finding.about.lstrip("/"), errors="replace")}}
    if finding.about:
        location["logicalLocations"] = [{"name": terminal.printable(finding.about)}]
    return result | ({"locations": [location]} if location else {})
