"""Whether one language is within another, and texts of a language.

The sets of states of both sides are built together, step by step, and only the reachable ones. If OLD accepts and NEW
does not, the path to that point is a shortest text that shows it.
"""

from __future__ import annotations

from collections import deque

from confcontract.compare.accepted.alphabet import Alphabet
from confcontract.compare.accepted.automaton import Undecidable, look
from confcontract.compare.accepted.state_sets import StateSets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from confcontract.compare.accepted.automaton import Automaton, Language

_BETWEEN_LOOKS = 256  # steps between two checks of the time limit


class _Runs:
    """Several automata, run together."""

    def __init__(self, automata: Sequence[Automaton], until: float) -> None:
        self.automata = automata
        self.alphabet = Alphabet(automata, until)
        self._sets = [StateSets(each, self.alphabet, until) for each in automata]

    def start(self) -> tuple[int, ...]:
        return tuple(each.first() for each in self._sets)

    def step(self, states: tuple[int, ...], kind: int) -> tuple[int, ...]:
        return tuple([sets.after(each, kind) for sets, each in zip(self._sets, states, strict=True)])

    def accepted(self, states: tuple[int, ...], which: Iterable[int], *, start: bool) -> bool:
        """Whether a text that leads to these states is accepted by all of these automata. start: it
        is the empty text.
        """
        if start:
            return all(self.automata[index].accepts_empty() for index in which)
        return all(self._sets[index].accepts(states[index]) for index in which)


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
    steps = 0  # for all states and classes of characters
    mine, others = range(count), range(count, len(automata))
    while left:
        look(until)
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
                look(until)
            following = runs.step(states, kind)
            if not all(following[:count]):
                continue  # OLD accepts nothing with this prefix
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
        look(until)
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
