"""Texts as the language of an automaton: its parts, and the time limit for a decision."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property

from confcontract.compare.accepted.charsets import Ranges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_STATES = 6_000
OUT_OF_TIME = "the patterns could not be compared within the time limit"


class Undecidable(Exception):
    """Why a pattern can't be decided, in words for people."""


def time_limit(seconds: float) -> float:
    """The moment at which this thread has used so many seconds of processor time. Processor time, because the decision
    must not depend on the load of the machine.
    """
    return time.thread_time() + seconds


def look(until: float) -> None:
    """Raises Undecidable if the time is up."""
    if time.thread_time() > until:
        raise Undecidable(OUT_OF_TIME)


class Automaton:
    """A non-deterministic automaton, built by adding states. State 0 is the first one, `final` the last."""

    def __init__(self) -> None:
        self.empty: list[list[int]] = []  # transitions without a character
        self.at_start: list[list[int]] = []  # … valid only at the beginning of a text
        self.at_end: list[list[int]] = []  # … valid only at its end
        self.before_last_newline: list[list[int]] = []  # … valid at its end, or before a newline that ends it
        self.steps: list[list[tuple[Ranges, int]]] = []
        self.first = self.state()
        self.final = self.state()
        self.ended = self.state()  # after that newline: nothing may follow
        self.dialects: set[str] = set()  # for classes of characters whose members depend on the dialect

    def state(self) -> int:
        if len(self.empty) >= MOST_STATES:
            raise Undecidable("the pattern has too many repeats to be decided")
        for each in (self.empty, self.at_start, self.at_end, self.before_last_newline):
            each.append([])
        self.steps.append([])
        return len(self.empty) - 1

    def closure(self, states: Iterable[int], *, start: bool = False, end: bool = False) -> set[int]:
        seen = set(states)
        left = list(seen)
        while left:
            state = left.pop()
            following = self.empty[state]
            if start:
                following = following + self.at_start[state]
            if end:
                following = following + self.at_end[state] + self.before_last_newline[state]
            for each in following:
                if each not in seen:
                    seen.add(each)
                    left.append(each)
        return seen

    @cached_property
    def ending(self) -> frozenset[int]:
        """The states in which a non-empty text may end. Call it only after all states are added."""
        backwards: list[list[int]] = [[] for _ in self.empty]
        for each in (self.empty, self.at_end, self.before_last_newline):
            for state, following in enumerate(each):
                for target in following:
                    backwards[target].append(state)
        seen = {self.final}
        left = [self.final]
        while left:
            for state in backwards[left.pop()]:
                if state not in seen:
                    seen.add(state)
                    left.append(state)
        return frozenset((*seen, self.ended))

    def accepts_empty(self) -> bool:
        """Whether the empty text is accepted. Its beginning is its end, so the conditions for both hold."""
        return not self.ending.isdisjoint(self.closure((self.first,), start=True, end=True))

    def may_end(self, state: int) -> bool:
        """Whether a newline that ends the text may follow."""
        return any(each in self.ending for each in self.before_last_newline[state])


def of_texts(texts: Iterable[str]) -> Automaton:
    """An automaton of exactly these texts."""
    automaton = Automaton()
    for text in texts:
        state = automaton.first
        for char in text:
            following = automaton.state()
            automaton.steps[state].append((((ord(char), ord(char)),), following))
            state = following
        automaton.empty[state].append(automaton.final)
    return automaton


@dataclass(frozen=True)
class Language:
    """The texts of `low` to `high` characters that all of the automata accept."""

    automata: tuple[Automaton, ...]
    low: int = 0
    high: int | None = None

    def fits(self, length: int) -> bool:
        return length >= self.low and (self.high is None or length <= self.high)
