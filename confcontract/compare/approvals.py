"""Differences that the project has accepted, according to its file of approvals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from confcontract.compare.diff import Comparison
from confcontract.compare.finding import Finding
from confcontract.findings.approval_entries import Approval, approved_words, current, notes_on, with_entries


def apply_approvals(
    comparisons: Sequence[Comparison], approvals: Sequence[Approval], path: str, today: date
) -> tuple[tuple[Comparison, ...], list[str]]:
    """Mark approved findings in the comparisons, and return messages about expired or unused entries."""
    counting = current(approvals, today)
    marked = tuple(
        Comparison(each.old, each.new, each.directions, tuple(_marked(finding, counting) for finding in each.findings))
        for each in comparisons
    )
    findings = [finding for each in comparisons for finding in each.findings]
    directions = {direction for each in comparisons for direction in each.directions}
    return marked, [*notes_on(approvals, findings, path, today, directions)]


def _marked(finding: Finding, approvals: Sequence[Approval]) -> Finding:
    words = approved_words(finding, approvals)
    return finding.but(approved=words) if words else finding


def with_findings(text: str, findings: Sequence[Finding], reason: str, expires: date) -> str:
    """The text of the file with an additional entry for each finding."""
    entries = (
        {
            "fingerprint": each.fingerprint,
            "rule": each.rule,
            "setting": each.where or each.path,
            "direction": each.direction.value,
        }
        for each in findings
    )
    return with_entries(text, entries, reason, expires)
