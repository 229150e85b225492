"""Texts as the language of an automaton, and whether one language is within another.

The sets of states of both sides are made together, step by step, and only those that are reached: where OLD accepts and
NEW does not, the way there is a text that shows it, a shortest one.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from functools import cached_property

from confcontract.compare.accepted.charsets import LAST, Ranges, holds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_STATES = 6_000
OUT_OF_TIME = "the patterns could not be compared within the time limit"
_BETWEEN_LOOKS = 256  # steps between two looks at the clock
_LOOKUPS = 5_000  # of a character in a set, likewise

States = frozenset[int]


class Undecidable(Exception):
    """Why a pattern is not decided, in words for people."""


def time_limit(seconds: float) -> float:
    """When this thread has used so many seconds of processor time: what is decided does not depend on what else the
    machine does meanwhile."""
    return time.thread_time() + seconds


def _look(until: float) -> None:
    """Raises Undecidable where the time is up."""
    if time.thread_time() > until:
        raise Undecidable(OUT_OF_TIME)


class Automaton:
    """Non-deterministic; made by adding states. State 0 is the first one, `final` the last."""

    def __init__(self) -> None:
        self.empty: list[list[int]] = []  # steps that take no character
        self.at_start: list[list[int]] = []  # … and hold only at the beginning of a text
        self.at_end: list[list[int]] = []  # … only at its end
        self.before_last_newline: list[list[int]] = []  # … at its end, or before a newline that ends it
        self.steps: list[list[tuple[Ranges, int]]] = []
        self.first = self.state()
        self.final = self.state()
        self.ended = self.state()  # behind that newline: nothing may follow
        self.dialects: set[str] = set()  # of classes of characters that every dialect has a list of its own for

    def state(self) -> int:
        if len(self.empty) >= MOST_STATES:
            raise Undecidable("the pattern has too many repeats to be decided")
        for each in (self.empty, self.at_start, self.at_end, self.before_last_newline):
            each.append([])
        self.steps.append([])
        return len(self.empty) - 1

    def closure(self, states: Iterable[int], *, start: bool = False, end: bool = False) -> States:
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
        return frozenset(seen)

    @cached_property
    def ending(self) -> States:
        """The states in which a text that is not empty may end. To be asked for when all are added."""
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

    def accepts_at(self, states: States, *, start: bool = False) -> bool:
        """Whether a text that ends in these states is accepted."""
        if start:  # nothing has been read yet, so that what holds at the beginning holds here
            states = self.closure(states, start=True, end=True)
        return not self.ending.isdisjoint(states)

    def may_end(self, state: int) -> bool:
        """Whether a newline that ends the text may follow."""
        return any(each in self.ending for each in self.before_last_newline[state])


def of_texts(texts: Iterable[str]) -> Automaton:
    """Exactly these."""
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


class Alphabet:
    """Characters that no automaton tells apart, as one; each with one of them to write."""

    def __init__(self, automata: Sequence[Automaton], until: float) -> None:
        # a set may have hundreds of ranges: each is looked at once, and known by its identity afterwards
        by_identity = {id(ranges): ranges for each in automata for steps in each.steps for ranges, _ in steps}
        sets = dict.fromkeys([*by_identity.values(), ((10, 10),)])
        numbers = {ranges: number for number, ranges in enumerate(sets)}
        self.numbers = {identity: numbers[ranges] for identity, ranges in by_identity.items()}
        edges = (cut for ranges in sets for low, high in ranges for cut in (low, high + 1))
        cuts = sorted({0, 1, 0xD800, 0xE000, *edges})
        starts = [(number, ranges, [low for low, _ in ranges]) for ranges, number in numbers.items()]
        kinds: dict[frozenset[int], str] = {}
        between = max(1, _LOOKUPS // (len(starts) or 1))
        for number, (low, following) in enumerate(zip(cuts, [*cuts[1:], LAST + 1], strict=True)):
            if number % between == 0:
                _look(until)
            if low == 0 or 0xD800 <= low < 0xE000 or low > LAST:
                continue  # no environment holds these
            within = frozenset(of_set for of_set, ranges, lows in starts if holds(ranges, lows, low))
            char = _written(low, following - 1)
            if within not in kinds or _rank(char) < _rank(kinds[within]):
                kinds[within] = char
        self.kinds = sorted(kinds.items(), key=lambda kind: _rank(kind[1]))


_PREFERRED = "a1A0z9Z-_.:/ ,;@"


def _written(low: int, high: int) -> str:
    return next((char for char in _PREFERRED if low <= ord(char) <= high), chr(low))


def _rank(char: str) -> tuple[int, int]:
    at = _PREFERRED.find(char)
    return (at if at >= 0 else 100 if char.isprintable() else 200, ord(char))


class _Runs:
    """Sets of states of several automata, followed together."""

    def __init__(self, automata: Sequence[Automaton], until: float) -> None:
        self.automata = automata
        self.alphabet = alphabet = Alphabet(automata, until)
        self._until = until
        self._steps = [
            [[(alphabet.numbers[id(ranges)], target) for ranges, target in steps] for steps in each.steps]
            for each in automata
        ]
        self._known: dict[tuple[int, States, int], States] = {}
        self._once: dict[States, States] = {}  # equal sets are one object, so that finding one compares no members
        self._accepted: dict[tuple[int, States], bool] = {}

    def start(self) -> tuple[States, ...]:
        return tuple(each.closure((each.first,), start=True) for each in self.automata)

    def step(self, states: tuple[States, ...], kind: int) -> tuple[States, ...]:
        return tuple(self._one(index, each, kind) for index, each in enumerate(states))

    def _one(self, index: int, states: States, kind: int) -> States:
        key = (index, states, kind)
        found = self._known.get(key)
        if found is None:
            _look(self._until)
            automaton, steps = self.automata[index], self._steps[index]
            within, char = self.alphabet.kinds[kind]
            reached = {target for state in states for number, target in steps[state] if number in within}
            if char == "\n":
                reached |= {automaton.ended for state in states if automaton.may_end(state)}
            closed = automaton.closure(reached)
            found = self._known[key] = self._once.setdefault(closed, closed)
        return found

    def accepted(self, states: tuple[States, ...], which: Iterable[int], *, start: bool) -> bool:
        """Whether a text that led there is accepted by all of these automata. start: it is the empty one."""
        return all(self._accepts(index, states[index], start) for index in which)

    def _accepts(self, index: int, states: States, start: bool) -> bool:
        if start:
            return self.automata[index].accepts_at(states, start=True)
        key = (index, states)
        if key not in self._accepted:
            self._accepted[key] = self.automata[index].accepts_at(states)
        return self._accepted[key]


def outside(inner: Language, outer: Language, until: float) -> str | None:
    """A text of `inner` that is not in `outer`; None if there is none. Raises Undecidable, also when the time is up."""
    dialects = {name for each in (*inner.automata, *outer.automata) for name in each.dialects}
    if len(dialects) > 1:
        raise Undecidable("the patterns are of two dialects, with letters, digits or spaces of their own")
    automata = (*inner.automata, *outer.automata)
    count = len(inner.automata)
    runs = _Runs(automata, until)
    most = max(inner.low, outer.low, *(each.high + 1 for each in (inner, outer) if each.high is not None), 0)
    start = (runs.start(), 0)
    seen = {start}
    left = deque([(start, "")])
    steps = 0  # of all states and kinds of characters
    mine, others = range(count), range(count, len(automata))
    while left:
        _look(until)
        (states, length), text = left.popleft()
        if (
            inner.fits(length)
            and runs.accepted(states, mine, start=not text)
            and not (outer.fits(length) and runs.accepted(states, others, start=not text))
        ):
            return text
        if inner.high is not None and length >= inner.high:
            continue
        for kind, (_, char) in enumerate(runs.alphabet.kinds):
            steps += 1
            if steps % _BETWEEN_LOOKS == 0:
                _look(until)
            following = runs.step(states, kind)
            if not all(following[:count]):
                continue  # nothing that OLD accepts begins like this
            reached = (following, min(length + 1, most))
            if reached not in seen:
                seen.add(reached)
                left.append((reached, text + char))
    return None


def examples(language: Language, until: float, most: int = 12) -> Iterator[str]:
    """Texts of a language, short ones first. Raises Undecidable when the time is up."""
    runs = _Runs(language.automata, until)
    limit = language.low + 1 if language.high is None else language.high
    left = deque([(runs.start(), "")])
    seen = {(left[0][0], 0)}
    while left and most > 0:
        _look(until)
        states, text = left.popleft()
        if language.fits(len(text)) and runs.accepted(states, range(len(states)), start=not text):
            most -= 1
            yield text
        for kind, (_, char) in enumerate(runs.alphabet.kinds):
            following = runs.step(states, kind)
            key = (following, min(len(text) + 1, limit + 1))
            if all(following) and key not in seen and (language.high is None or len(text) < language.high):
                seen.add(key)
                left.append((following, text + char))
