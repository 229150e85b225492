"""As SARIF 2.1.0, for code scanning. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""

from __future__ import annotations

import json
from typing import Any

from confcontract.compare.finding import Finding
from confcontract.compare.report_of_diff import DiffReport, step
from confcontract.compare.rules import all_rules
from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING
from confcontract.report import terminal

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {ERROR: "error", REVIEW: "error", WARNING: "warning", INFO: "note"}


def render(report: DiffReport, **_: object) -> str:
    from confcontract import __version__

    used = sorted({each.rule for each in report.findings})
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "confcontract diff",
                "version": __version__,
                "rules": [_rule(name) for name in used],
            }
        },
        "invocations": [_invocation(report)],
        "results": [_result(report, each, used) for each in report.findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return terminal.harmless_json(json.dumps(log, indent=2)) + "\n"


def _rule(name: str) -> dict[str, Any]:
    rule = all_rules()[name]
    return {
        "id": name,
        "shortDescription": {"text": rule.purpose},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": _LEVELS[rule.forward]},
    }


def _invocation(report: DiffReport) -> dict[str, Any]:
    invocation: dict[str, Any] = {"executionSuccessful": not report.failed, "exitCode": report.exit_code}
    if report.failed:
        invocation["toolExecutionNotifications"] = [
            {
                "level": "error",
                "descriptor": {"id": problem.code},
                "message": {"text": terminal.printable(problem.message)},
            }
            for problem in report.problems
        ]
    return invocation


def _result(report: DiffReport, finding: Finding, used: list[str]) -> dict[str, Any]:
    where = f"{finding.where}: " if finding.where else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": used.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {
            "text": terminal.printable(f"{where}{finding.sentence} ({step(finding.direction)}). {finding.remedy}")
        },
        "partialFingerprints": {"confcontract/v1": f"{finding.direction.value}:{finding.fingerprint}"},
        "properties": {"direction": finding.direction.value, "severity": finding.severity.value},
    }
    if finding.approved:
        result["suppressions"] = [{"kind": "external", "justification": terminal.printable(finding.approved)}]
    location: dict[str, Any] = {}
    file, colon, line = report.located(finding.declared).rpartition(":")
    if colon:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(file)}, "region": {"startLine": int(line)}}
    if finding.where or finding.path:
        name = finding.where or finding.path
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": finding.path or name}]
    if location:
        result["locations"] = [location]
    return result


def _uri(file: str) -> str:
    from urllib.parse import quote

    return quote(file)
