"""The report of an audit: the findings, which of them count, what was not examined, and the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from confcontract.audit.audit_rule import AuditFinding
from confcontract.audit.image_audit import AuditedFacts
from confcontract.findings.approval_entries import Approval, approved_words, current, notes_on, with_entries
from confcontract.findings.in_numbers import counted, in_numbers
from confcontract.findings.outcome import CLEAN, FAILED, FOUND
from confcontract.findings.severity import REVIEW, Severity
from confcontract.report.problem import Problem


@dataclass(frozen=True)
class AuditReport:
    """facts: None if the image could not be audited; problems: the reasons. threshold: the lowest severity that blocks.

    notes: remarks on approvals.
    """

    image: str
    facts: AuditedFacts | None = None
    threshold: Severity = REVIEW
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()

    @property
    def failed(self) -> bool:
        return self.facts is None

    @property
    def findings(self) -> Sequence[AuditFinding]:
        return self.facts.findings if self.facts is not None else ()

    @property
    def unexamined(self) -> Sequence[str]:
        return self.facts.unexamined if self.facts is not None else ()

    @property
    def exit_code(self) -> int:
        if self.failed:
            return FAILED
        return FOUND if any(map(self.blocks, self.findings)) else CLEAN

    def blocks(self, finding: AuditFinding) -> bool:
        return not finding.approved and finding.severity.reaches(self.threshold)

    @property
    def counts(self) -> dict[Severity, int]:
        """Approved findings are not counted."""
        return counted(self.findings)

    @property
    def words(self) -> str:
        """The verdict, in one line."""
        if self.facts is None:
            return f"{self.image} could not be audited; it was not checked"
        of = f" ({self.facts.contract})" if self.facts.contract else ""
        return f"{self.image}{of}: {in_numbers(self.findings)}" + (" in what was examined" if self.unexamined else "")


def approved(
    facts: AuditedFacts, approvals: Sequence[Approval], path: str, today: date
) -> tuple[AuditedFacts, list[str]]:
    """Returns the facts with approved findings marked, and remarks on entries that are expired or unused."""
    counting = current(approvals, today)
    marked = [replace(each, approved=approved_words(each, counting)) for each in facts.findings]
    return replace(facts, findings=marked), [*notes_on(approvals, facts.findings, path, today, ())]


def with_audit_findings(text: str, findings: Sequence[AuditFinding], reason: str, expires: date) -> str:
    """The text of the approvals file with one more entry for each finding."""
    once = {each.fingerprint: each for each in findings}.values()
    entries = (
        {"fingerprint": each.fingerprint, "command": "audit", "rule": each.rule, "place": each.about} for each in once
    )
    return with_entries(text, entries, reason, expires)
