"""The register of all cases, and what each ends with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import pytest

LISTS = ("Network", "State", "Auth", "Secrets", "Leases", "Process", "Dependencies and probes")


class Row(Protocol):
    """What is published of a case, next to its name."""

    @property
    def cells(self) -> tuple[str, ...]: ...


class Verdict:
    """What a boot ended with. value: what the command got as SHOP_PASSWORD, where it was started."""

    def __init__(self, code: int, problem: str, message: str, value: str) -> None:
        self.code = code
        self.problem = problem
        self.message = message
        self.value = value

    @property
    def cells(self) -> tuple[str, ...]:
        return str(self.code), f"`{self.problem}`" if self.problem else "", self.message


def forbid(found: object, words: str) -> None:
    """Fail at once if there is something that no fault excuses, nor a busy machine."""
    if found:
        pytest.fail(f"{words}: {found}")


class Seen:
    """What was seen of a run, column by column."""

    def __init__(self, *cells: object) -> None:
        self.cells = tuple(map(str, cells))


class Case:
    """One entry of the lists of faults. list: one of LISTS."""

    def __init__(self, list: str, name: str, play: Callable[[Any], Row]) -> None:
        self.list = list
        self.name = name
        self.play = play

    def __repr__(self) -> str:
        return f"{self.list}: {self.name}"


CASES: list[Case] = []

Play = TypeVar("Play", bound=Callable[[Any], Row])


def case(list: str, *names: str) -> Callable[[Play], Play]:
    def register(play: Play) -> Play:
        CASES.extend(Case(list, name, play) for name in names)
        return play

    return register
