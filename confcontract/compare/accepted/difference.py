"""One difference between the strings that two contracts accept for a variable, as data."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Relation(enum.Enum):
    """Of NEW against OLD, in accepted strings."""

    SAME = "same"
    WIDER = "wider"
    NARROWER = "narrower"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


class Inclusion(enum.Enum):
    """Whether all that one contract accepts is accepted by the other."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNDECIDED = "undecided"


class Aspect(enum.Enum):
    """What of a variable differs."""

    TYPE = "type"
    FORMAT = "format"
    ENUM = "enum"
    ENUM_PRESENCE = "enum presence"
    RANGE = "range"
    PATTERN = "pattern"
    EMPTY = "empty"
    ENCODING = "encoding"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class Difference:
    """forward: whether NEW accepts all that OLD accepts, as far as this difference goes; rollback: the other way round.

    path: within the value, () for the variable itself; "[]" stands for the items of a list, "{}" for the values of a
    mapping. old, new: in words for people, masked where the variable is hidden. refused_by_new: a string that OLD
    accepts and NEW refuses, checked with both validators; refused_by_old: the other way round. read_otherwise: a
    string that both accept, with different values. why: where something is undecided, why.
    """

    aspect: Aspect
    forward: Inclusion
    rollback: Inclusion
    old: str
    new: str
    path: tuple[str, ...] = ()
    refused_by_new: str | None = None
    refused_by_old: str | None = None
    read_otherwise: str | None = None
    why: str = ""

    @property
    def relation(self) -> Relation:
        if self.read_otherwise is not None:
            return Relation.DIFFERENT
        return _RELATIONS.get((self.forward, self.rollback), Relation.UNDECIDED)


_RELATIONS = {
    (Inclusion.HOLDS, Inclusion.HOLDS): Relation.SAME,
    (Inclusion.HOLDS, Inclusion.BROKEN): Relation.WIDER,
    (Inclusion.BROKEN, Inclusion.HOLDS): Relation.NARROWER,
    (Inclusion.BROKEN, Inclusion.BROKEN): Relation.DIFFERENT,
}
