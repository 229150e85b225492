"""For programs. "complete" is false where the comparison could not be evaluated; then there are no findings."""

from __future__ import annotations

import json
from typing import Any

from confcontract.compare.diff import Comparison
from confcontract.compare.finding import Finding, counted
from confcontract.compare.report_of_diff import DiffReport
from confcontract.contract.artifact import Contract
from confcontract.report import terminal


def render(report: DiffReport, **_: object) -> str:
    told: dict[str, Any] = {"complete": not report.failed, "exitCode": report.exit_code}
    if report.failed:
        told["problems"] = [problem.as_dict() for problem in report.problems]
    else:
        told["failOn"] = report.threshold.value
        told["comparisons"] = [_comparison(report, each) for each in report.comparisons]
        told["notes"] = list(report.notes)
    text = json.dumps(told, indent=2, ensure_ascii=True)
    return terminal.harmless_json(text) + "\n"


def _comparison(report: DiffReport, comparison: Comparison) -> dict[str, Any]:
    return {
        "old": _contract(comparison.old),
        "new": _contract(comparison.new),
        "directions": {
            direction.value: {
                "safe": not any(report.blocks(each) for each in comparison.of(direction)),
                "counts": {severity.value: count for severity, count in counted(comparison.of(direction)).items()},
                "findings": [_finding(report, each) for each in comparison.of(direction)],
            }
            for direction in comparison.directions
        },
    }


def _contract(contract: Contract) -> dict[str, str]:
    return {"name": contract.name, "version": contract.version, "digest": contract.digest}


def _finding(report: DiffReport, finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "blocks": report.blocks(finding),
        "variable": finding.where or None,
        "names": list(finding.names),
        "path": finding.path or None,
        "old": finding.old or None,
        "new": finding.new or None,
        "sentence": finding.sentence,
        "remedy": finding.remedy,
        "declaredAt": report.located(finding.declared) or None,
        "fingerprint": finding.fingerprint,
        "approved": finding.approved or None,
    }
