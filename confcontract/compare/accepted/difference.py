"""One difference between the strings that two contracts accept for a variable, as data."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Relation(enum.Enum):
    """NEW compared with OLD, by accepted strings."""

    SAME = "same"
    WIDER = "wider"
    NARROWER = "narrower"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


class Inclusion(enum.Enum):
    """Whether one contract accepts everything that the other accepts."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNDECIDED = "undecided"


class Aspect(enum.Enum):
    """The aspect of a variable that differs."""

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
    """forward: whether NEW accepts everything that OLD accepts, as far as this difference is concerned; rollback: the
    reverse.

    path: within the value, () for the variable itself; "[]" means the items of a list, "{}" the values of a mapping.
    old, new: in words for people, masked if the variable is hidden. refused_by_new: a string that OLD accepts and NEW
    refuses, checked with both validators; refused_by_old: the reverse. read_otherwise: a string that both accept, with
    different values. why: the reason if something is undecided.
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
