"""As SARIF, for code scanning: a finding is at the declaration if that is known."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from confcontract.compare.finding import Finding
from confcontract.compare.report_of_diff import DiffReport, step
from confcontract.compare.rules import all_rules
from confcontract.findings.sarif_log import sarif_invocation, sarif_log, sarif_result, sarif_rule


def render(report: DiffReport, **_: object) -> str:
    used = sorted({each.rule for each in report.findings})
    rules = {name: all_rules()[name] for name in used}
    told = [("error", problem.code, problem.message) for problem in report.problems] if report.failed else []
    return sarif_log(
        "diff",
        [sarif_rule(name, rule.purpose, rule.remedy, rule.forward) for name, rule in rules.items()],
        sarif_invocation(failed=report.failed, exit_code=report.exit_code, told=told),
        [_result(report, each, used) for each in report.findings],
    )


def _result(report: DiffReport, finding: Finding, used: list[str]) -> dict[str, Any]:
    where = f"{finding.where}: " if finding.where else ""
    text = f"{where}{finding.sentence} ({step(finding.direction)}). {finding.remedy}"
    mark = f"{finding.direction.value}:{finding.fingerprint}"
    result = sarif_result(finding, finding.rule, used, text, mark, {"direction": finding.direction.value})
    location: dict[str, Any] = {}
    file, colon, line = report.located(finding.declared).rpartition(":")
    if colon:
        location["physicalLocation"] = {"artifactLocation": {"uri": quote(file)}, "region": {"startLine": int(line)}}
    if finding.where or finding.path:
        name = finding.where or finding.path
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": finding.path or name}]
    return result | ({"locations": [location]} if location else {})
