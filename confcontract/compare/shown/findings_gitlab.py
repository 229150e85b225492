"""As a GitLab Code Quality report.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from typing import Any

from confcontract.compare.finding import Finding
from confcontract.compare.report_of_diff import DiffReport
from confcontract.contract.digest import sha256
from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING
from confcontract.report import terminal

_SEVERITIES = {ERROR: "critical", REVIEW: "major", WARNING: "minor", INFO: "info"}
_NO_FILE = "pyproject.toml"  # the format requires a path in the repository


def render(report: DiffReport, **_: object) -> str:
    if report.failed:
        issues = [
            _issue(
                f"{problem.code}:{problem.message}", problem.code, "blocker", f"not evaluated: {problem.message}", ""
            )
            for problem in report.problems
        ]
    else:
        issues = [_of(report, number, each) for number, c in enumerate(report.comparisons) for each in c.findings]
    return terminal.harmless_json(json.dumps(issues, indent=2)) + "\n"


def _of(report: DiffReport, number: int, finding: Finding) -> dict[str, Any]:
    mark = f"{number}:{finding.direction.value}:{finding.fingerprint}"
    where = f"{finding.where}: " if finding.where else ""
    severity = "info" if finding.approved else _SEVERITIES[finding.severity]
    text = f"{where}{finding.sentence} ({finding.direction.value}). {finding.remedy}"
    return _issue(mark, finding.rule, severity, text, report.located(finding.declared))


def _issue(mark: str, check: str, severity: str, text: str, declared: str) -> dict[str, Any]:
    file, colon, line = declared.rpartition(":")
    return {
        "description": terminal.printable(text),
        "check_name": check,
        "fingerprint": sha256(mark.encode()).removeprefix("sha256:"),
        "severity": severity,
        "location": {"path": file if colon else _NO_FILE, "lines": {"begin": int(line) if colon else 1}},
    }
