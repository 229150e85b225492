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
    """What values can come to a place: only texts, or whatever JSON holds."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True)
class Terms:
    """domain: what can come to the place that is compared. seconds: how long patterns may take."""

    domain: Domain
    seconds: float

    @cached_property
    def until(self) -> float:
        """When patterns are given up on: the time runs as soon as there is one."""
        return time_limit(self.seconds)


@dataclass(frozen=True)
class Spot:
    """forward, rollback: None where it is proven that all is accepted that the other side accepts; else why that is
    undecided, if nothing shows that it is not so. values: to be tried at this place. all_forward, all_rollback: all
    values that OLD, or NEW, accepts there: where each is tried and accepted, that is proof."""

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
        """Values of the whole variable with this one at its place."""
        values = [value]
        for lift in reversed(self.lifts):
            values = [outer for inner in values for outer in lift(inner)]
        return values
