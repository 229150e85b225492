"""The number of findings, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from confcontract.findings.severity import ORDER, WORDS, Severity


class Counted(Protocol):
    """approved: why the finding is accepted; "" if it is not."""

    @property
    def severity(self) -> Severity: ...

    @property
    def approved(self) -> str: ...


def counted(findings: Iterable[Counted]) -> dict[Severity, int]:
    """The number of findings of each severity, the worst first. Approved findings are not counted."""
    counts = dict.fromkeys(ORDER, 0)
    for each in findings:
        if not each.approved:
            counts[each.severity] += 1
    return counts


def in_numbers(findings: Sequence[Counted]) -> str:
    """'2 errors, 1 to review, 3 notes'."""
    told = [
        f"{count} {WORDS.get(severity, ('note', 'notes'))[count != 1]}"
        for severity, count in counted(findings).items()
        if count
    ]
    approved = sum(1 for each in findings if each.approved)
    told += [f"{approved} approved"] if approved else []
    return ", ".join(told) or "no findings"
