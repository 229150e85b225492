"""What a comparison finds, as data; and what a rule says before a direction is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters. REVIEW: it could not be decided, so somebody has to look."""

    ERROR = "error"
    REVIEW = "review"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return _ORDER.index(self)

    def reaches(self, threshold: Severity) -> bool:
        return self.rank <= threshold.rank


_ORDER = (Severity.ERROR, Severity.REVIEW, Severity.WARNING, Severity.INFO)
ERROR, REVIEW, WARNING, INFO = _ORDER


class Direction(StrEnum):
    """FORWARD: environments of the old contract meet the new one. ROLLBACK: the other way round."""

    FORWARD = "forward"
    ROLLBACK = "rollback"


FORWARD, ROLLBACK = Direction.FORWARD, Direction.ROLLBACK


class Bearing(StrEnum):
    """What a finding means in one environment. UNVERIFIED: what decides it can't be seen."""

    BITES = "bites"
    HARMLESS = "does not bite"
    UNVERIFIED = "not verified"


@dataclass(frozen=True)
class ContractChange:
    """One thing that differs between two contracts, as a rule sees it.

    path: of the field in the settings, dotted, which stays where a variable gets another name; empty for what concerns
    the whole contract. names: the variables as operators write them, the old one first. old, new: what differs, as
    text. sentence: what changed. forward, rollback: where the circumstances ask for another severity than the rule's.
    back: the sentence for a rollback, where another one is needed. declared: FILE:LINE of the declaration.
    """

    path: str
    names: tuple[str, ...]
    old: str
    new: str
    sentence: str
    forward: Severity | None = None
    rollback: Severity | None = None
    back: str = ""
    remedy: str = ""
    back_remedy: str = ""
    declared: str = ""


@dataclass(frozen=True)
class Finding:
    """A change that matters in one direction."""

    rule: str
    severity: Severity
    direction: Direction
    path: str
    names: tuple[str, ...]
    old: str
    new: str
    sentence: str
    remedy: str
    fingerprint: str
    declared: str = ""
    approved: str = ""  # the reason of its approval
    bearing: Bearing | None = None  # where an environment was given
    here: str = ""  # why it bites there, or not
    order: tuple[int, int] = field(default=(0, 0), compare=False, repr=False)

    @property
    def where(self) -> str:
        """The variable that it is about, as an operator of this direction knows it, or "" for the whole contract."""
        if not self.names:
            return ""
        return self.names[0] if self.direction is FORWARD else self.names[-1]

    def but(self, **changes: object) -> Finding:
        return replace(self, **changes)  # type: ignore[arg-type]


def fingerprint(rule: str, path: str, old: str, new: str) -> str:
    """What an approval refers to: the rule and what differs, not the words in which it is told."""
    from confcontract.contract.digest import sha256

    parts = f"{rule}\0{path}\0{old}\0{new}".encode("utf-8", "backslashreplace")
    return sha256(parts).removeprefix("sha256:")[:16]


def counted(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many there are of each severity, the worst first; approved ones are not counted."""
    counts = dict.fromkeys(_ORDER, 0)
    for each in findings:
        if not each.approved:
            counts[each.severity] += 1
    return counts


_WORDS = {ERROR: ("error", "errors"), REVIEW: ("to review", "to review"), WARNING: ("warning", "warnings")}


def in_numbers(findings: Sequence[Finding]) -> str:
    """'2 errors, 1 to review, 3 notes'."""
    told = [
        f"{count} {_WORDS.get(severity, ('note', 'notes'))[count != 1]}"
        for severity, count in counted(findings).items()
        if count
    ]
    approved = sum(1 for each in findings if each.approved)
    told += [f"{approved} approved"] if approved else []
    return ", ".join(told) or "no findings"
