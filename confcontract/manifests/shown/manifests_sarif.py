"""The report as SARIF, for code scanning. What can't be verified is a result of the kind "open"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from confcontract.findings.sarif_log import sarif_invocation, sarif_log, sarif_result, sarif_rule
from confcontract.findings.severity import ERROR, INFO, WARNING, Severity, fingerprint
from confcontract.manifests.manifest_report import ManifestOutcome, ManifestReport, outcome_of
from confcontract.manifests.workload import ManifestProblem
from confcontract.report import terminal
from confcontract.report.codes import CODES
from confcontract.report.formats import hint_of

_SEVERITIES = {
    ManifestOutcome.WRONG: ERROR,
    ManifestOutcome.WARNING: WARNING,
    ManifestOutcome.NOTE: INFO,
    ManifestOutcome.UNVERIFIABLE: INFO,
}
_UNREADABLE = ("manifest-unreadable", "manifest-not-rendered")


@dataclass(frozen=True)
class _Result:
    severity: Severity
    approved: str = ""


def render(report: ManifestReport, **_: object) -> str:
    found = [(each, "") for each in report.problems]
    found += [(each, verdict.called) for verdict in report.verdicts for each in verdict.problems]
    worst: dict[str, Severity] = {}
    for each, _called in found:
        severity = _SEVERITIES[outcome_of(each)]
        code = each.problem.code
        worst[code] = min(severity, worst.get(code, severity), key=lambda one: one.rank)
    used = sorted(worst)
    told = [("note", "summary", report.words)]
    told += [("note", "not-examined", what) for what in report.unexamined]
    failed = any(each.problem.code in _UNREADABLE for each in report.problems)
    return sarif_log(
        "validate",
        [sarif_rule(code, *CODES[code], worst[code]) for code in used],
        sarif_invocation(failed=failed, exit_code=report.exit_code, told=told),
        [_result(each, called, used, mark) for (each, called), mark in zip(found, _marks(found), strict=True)],
    )


def _marks(found: Sequence[tuple[ManifestProblem, str]]) -> Iterator[str]:
    """One fingerprint per result, computed from its subject and not from its line. Results with the same subject, such
    as hidden names, are numbered."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for each, called in found:
        about = (each.problem.code, f"{called} {each.problem.variable or ''}", each.place.file)
        seen[about] += 1
        yield fingerprint(*about, "" if seen[about] == 1 else str(seen[about]))


def _result(found: ManifestProblem, called: str, used: list[str], mark: str) -> dict[str, Any]:
    problem, outcome = found.problem, outcome_of(found)
    about = f"{problem.variable}: " if problem.variable else ""
    source = f" ({problem.source})" if problem.source and not problem.source_said else ""
    hint = hint_of(problem)
    text = f"{about}{problem.message}{source}." + (f" {hint}" if hint else "")
    properties = {"container": terminal.printable(called)} if called else {}
    result = sarif_result(_Result(_SEVERITIES[outcome]), problem.code, used, text, mark, properties)
    result["properties"]["outcome"] = outcome.value
    if outcome is ManifestOutcome.UNVERIFIABLE:
        result |= {"kind": "open", "level": "none"}
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(found.place.file, errors="replace")}}
    if found.place.line:
        location["region"] = {"startLine": found.place.line, "startColumn": found.place.column or 1}
    result["locations"] = [{"physicalLocation": location}]
    return result
