"""A rule: one kind of change, and its meaning in each direction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.findings.direction import FORWARD, Direction
from confcontract.findings.severity import Severity


@dataclass(frozen=True)
class CompareRule:
    """One kind of change.

    purpose: what it finds, in one sentence. remedy: what to do before an upgrade; back_remedy: before a rollback, if
    that differs. mirror: the rule for the same change if the contracts are compared in reverse; no_mirror: why there is
    none. forward, rollback: the severities; circumstances: when they are higher or lower. lopsided: why the mirror does
    not have the same severities reversed. acceptance: whether it is about which environments are accepted. find: the
    function that finds it.
    """

    id: str
    purpose: str
    remedy: str
    forward: Severity
    rollback: Severity
    find: Callable[[Compared], Iterable[ContractChange]]
    mirror: tuple[str, ...] = ()
    no_mirror: str = ""
    back_remedy: str = ""
    circumstances: str = ""
    lopsided: str = ""
    acceptance: bool = True

    def severity(self, direction: Direction) -> Severity:
        return self.forward if direction is FORWARD else self.rollback

    def remedy_for(self, direction: Direction) -> str:
        return self.remedy if direction is FORWARD else self.back_remedy or self.remedy
