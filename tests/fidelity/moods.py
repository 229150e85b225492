"""Drawing in a mood: "right" draws only good values, "near" an odd one now and then, "wrong" mostly odd ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Draw(Protocol):
    def __call__(self, strategy: st.SearchStrategy[T], /) -> T: ...


RIGHT, NEAR, WRONG = "right", "near", "wrong"


def chance(draw: Draw, one_in: int) -> bool:
    """True once in `one_in`; shrinks to False."""
    return draw(st.integers(0, one_in - 1)) == one_in - 1


def pick(draw: Draw, pool: tuple[T, ...] | list[T]) -> T:
    return draw(st.sampled_from(pool))


def odd(draw: Draw, mood: str) -> bool:
    if mood == RIGHT:
        return False
    return chance(draw, 5 if mood == NEAR else 2)


@dataclass
class Namer:
    """Unique class names within one source."""

    taken: int = 0

    def __call__(self, stem: str) -> str:
        self.taken += 1
        return f"{stem}{self.taken}"
