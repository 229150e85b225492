"""For programs. "complete" is false if the comparison could not be evaluated; then there are no findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from confcontract.compare.diff import Comparison
from confcontract.compare.finding import Finding
from confcontract.compare.report_of_diff import DiffReport
from confcontract.contract.artifact import Contract
from confcontract.findings.in_numbers import counted
from confcontract.report import terminal

if TYPE_CHECKING:
    from confcontract.compare.deployment import Deployment


def render(report: DiffReport, **_: object) -> str:
    told: dict[str, Any] = {"complete": not report.failed, "exitCode": report.exit_code}
    if report.failed:
        told["problems"] = [problem.as_dict() for problem in report.problems]
    else:
        told["failOn"] = report.threshold.value
        told["comparisons"] = [_comparison(report, each) for each in report.comparisons]
        for data, comparison, deployment in zip(
            told["comparisons"], report.comparisons, report.deployments, strict=False
        ):
            data["environment"] = _environment(report, comparison, deployment)
        told["notes"] = list(report.notes)
    text = json.dumps(told, indent=2, ensure_ascii=True)
    return terminal.harmless_json(text) + "\n"


def _comparison(report: DiffReport, comparison: Comparison) -> dict[str, Any]:
    return {
        "old": _contract(comparison.old),
        "new": _contract(comparison.new),
        "directions": {
            direction.value: {
                "safe": report.passes(comparison, direction),
                "counts": {severity.value: count for severity, count in counted(comparison.of(direction)).items()},
                "findings": [_finding(report, each) for each in comparison.of(direction)],
            }
            for direction in comparison.directions
        },
    }


def _environment(report: DiffReport, comparison: Comparison, deployment: Deployment) -> dict[str, Any]:
    from confcontract.compare.deployment_words import there

    return {
        "files": list(deployment.files),
        "verdict": there(report, comparison, deployment),
        **{
            name: {
                "accepts": each.accepts,
                "problems": [problem.as_dict() for problem in each.refusals],
                "notVerified": dict(each.unseen),
            }
            for name, each in (("old", deployment.old), ("new", deployment.new))
        },
    }


def _contract(contract: Contract) -> dict[str, str]:
    return {"name": contract.name, "version": contract.version, "digest": contract.digest}


def _finding(report: DiffReport, finding: Finding) -> dict[str, Any]:
    here = {"here": {"bearing": finding.bearing.value, "reason": finding.here}} if finding.bearing else {}
    return here | {
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
