"""One place where two shapes differ: what is proven about it, and what to try."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from functools import cached_property

from confcontract.compare.accepted.automaton import time_limit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from confcontract.compare.accepted.difference import Aspect


class Domain(enum.Enum):
    """The values that can occur at a place: only texts, or any JSON value."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True)
class Terms:
    """domain: the values that can occur at the compared place. seconds: time limit for patterns."""

    domain: Domain
    seconds: float

    @cached_property
    def until(self) -> float:
        """When the search gives up on patterns; the clock starts with the first pattern."""
        return time_limit(self.seconds)


@dataclass(frozen=True)
class Spot:
    """forward, rollback: None if it is proven that everything is accepted that the other side accepts; else why that is
    undecided, unless a value disproves it. values: to be tried at this place. all_forward, all_rollback: all values
    that OLD, or NEW, accepts there; if each is tried and accepted, that is a proof.
    """

    aspect: Aspect
    old: str
    new: str
    forward: str | None
    rollback: str | None
    values: Iterable[Any] = ()
    path: tuple[str, ...] = ()
    all_forward: Sequence[Any] | None = None
    all_rollback: Sequence[Any] | None = None
    meaning: bool = False  # whether a text that both sides accept, with different values, is a difference
    lifts: tuple[Callable[[Any], list[Any]], ...] = field(default=())

    @property
    def differs(self) -> bool:
        return self.forward is not None or self.rollback is not None

    def lifted(self, value: Any) -> list[Any]:
        """Values of the whole variable that have this value at the spot's place."""
        values = [value]
        for lift in reversed(self.lifts):
            values = [outer for inner in values for outer in lift(inner)]
        return values
