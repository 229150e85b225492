"""The findings of a comparison, as data; and the changes that a rule reports before a direction is chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from confcontract.findings.direction import FORWARD, Direction
from confcontract.findings.severity import Severity


class Bearing(StrEnum):
    """The effect of a finding in one environment. UNVERIFIED: the deciding facts are unknown."""

    BITES = "bites"
    HARMLESS = "does not bite"
    UNVERIFIED = "not verified"


@dataclass(frozen=True)
class ContractChange:
    """One difference between two contracts, as a rule sees it.

    path: of the settings field, dotted, which stays if a variable gets another name; empty if the whole contract is
    concerned. names: the variables as operators write them, the old one first. old, new: the differing parts, as text.
    sentence: what changed. back: the sentence for a rollback, if it needs another. stands_alone: both are complete
    sentences; otherwise they continue after the name of the variable. forward, rollback: another severity than the
    rule's, if the circumstances require it. declared: FILE:LINE of the declaration.
    """

    path: str
    names: tuple[str, ...]
    old: str
    new: str
    sentence: str
    forward: Severity | None = None
    rollback: Severity | None = None
    back: str = ""
    stands_alone: bool = False
    remedy: str = ""
    back_remedy: str = ""
    declared: str = ""


@dataclass(frozen=True)
class Finding:
    """A change that matters in one direction. stands_alone: as in ContractChange."""

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
    stands_alone: bool = False
    approved: str = ""  # the reason of its approval
    bearing: Bearing | None = None  # if an environment was passed
    here: str = ""  # why it matters there, or not
    order: tuple[int, int] = field(default=(0, 0), compare=False, repr=False)

    @property
    def where(self) -> str:
        """The variable that it is about, as an operator of this direction knows it, or "" for the whole contract."""
        if not self.names:
            return ""
        return self.names[0] if self.direction is FORWARD else self.names[-1]

    def but(self, **changes: object) -> Finding:
        return replace(self, **changes)  # type: ignore[arg-type]
