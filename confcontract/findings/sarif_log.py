"""Findings as SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from confcontract.findings.in_numbers import Counted
from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING, Severity
from confcontract.report import terminal

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {ERROR: "error", REVIEW: "error", WARNING: "warning", INFO: "note"}


def sarif_log(
    command: str,
    rules: Sequence[Mapping[str, Any]],
    invocation: Mapping[str, Any],
    results: Sequence[Mapping[str, Any]],
) -> str:
    """The whole log as text. command: the confcontract command that ran."""
    from confcontract import __version__

    driver = {"name": f"confcontract {command}", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "invocations": [invocation], "results": results}
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return terminal.harmless_json(json.dumps(log, indent=2)) + "\n"


def sarif_rule(name: str, purpose: str, remedy: str, severity: Severity) -> dict[str, Any]:
    return {
        "id": name,
        "shortDescription": {"text": purpose},
        "help": {"text": remedy},
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }


def sarif_invocation(*, failed: bool, exit_code: int, told: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """told: level, code and text of messages that are not findings."""
    notifications = [
        {"level": level, "descriptor": {"id": code}, "message": {"text": terminal.printable(text)}}
        for level, code, text in told
    ]
    invocation: dict[str, Any] = {"executionSuccessful": not failed, "exitCode": exit_code}
    return invocation | ({"toolExecutionNotifications": notifications} if notifications else {})


def sarif_result(
    finding: Counted, rule: str, used: Sequence[str], text: str, fingerprint: str, properties: Mapping[str, str]
) -> dict[str, Any]:
    """One result, without its location. used: the rules of the log. properties: those to add to the severity."""
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": used.index(rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": terminal.printable(text)},
        "partialFingerprints": {"confcontract/v1": fingerprint},
        "properties": {**properties, "severity": finding.severity.value},
    }
    if finding.approved:
        result["suppressions"] = [{"kind": "external", "justification": terminal.printable(finding.approved)}]
    return result
