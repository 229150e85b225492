"""As workflow commands, which GitHub's runner turns into annotations, at the declaration where that is known.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from confcontract.compare.finding import Finding
from confcontract.compare.report_of_diff import DiffReport, called, verdict
from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING
from confcontract.report import terminal
from confcontract.report.github import escaped, escaped_property
from confcontract.report.terminal import printable

_COMMANDS = {ERROR: "error", REVIEW: "error", WARNING: "warning", INFO: "notice"}


def render(report: DiffReport, **_: object) -> str:
    if report.failed:
        return "".join(
            _command("error", "the comparison could not be evaluated", [problem.message, _do(problem.hint)])
            for problem in report.problems
        )
    lines = [_annotation(report, finding) for finding in report.findings]
    for comparison in report.comparisons:
        for direction in comparison.directions:
            text = f"{called(comparison, direction)}: {verdict(report, comparison, direction)}"
            lines.append(_command("notice", "confcontract diff", [text]))
    lines += [_command("notice", "approvals", [note]) for note in report.notes]
    return "".join(lines)


def _annotation(report: DiffReport, finding: Finding) -> str:
    command = _COMMANDS[finding.severity]
    if command == "error" and not report.blocks(finding):
        command = "notice" if finding.approved else "warning"
    title = f"{finding.where} ({finding.rule})" if finding.where else finding.rule
    parts = [
        f"{finding.direction.value}: {finding.sentence}",
        f"approved: {finding.approved}" if finding.approved else _do(finding.remedy),
    ]
    file, colon, line = report.located(finding.declared).rpartition(":")
    place = {"file": file, "line": line} if colon else {}
    return _command(command, title, parts, place)


def _do(hint: str | None) -> str:
    return f"do: {hint}" if hint else ""


def _command(command: str, title: str, parts: list[str], place: dict[str, str] | None = None) -> str:
    properties = {**(place or {}), "title": title}
    told = ",".join(f"{key}={escaped_property(_clean(value))}" for key, value in properties.items())
    return f"::{command} {told}::{escaped(chr(10).join(_clean(part) for part in parts if part))}\n"


def _clean(text: str) -> str:
    return terminal.harmless(printable(text))
