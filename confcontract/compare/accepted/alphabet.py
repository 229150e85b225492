"""The characters that patterns distinguish; one character represents each class."""

from __future__ import annotations

from confcontract.compare.accepted.automaton import look
from confcontract.compare.accepted.charsets import LAST, holds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.compare.accepted.automaton import Automaton

_LOOKUPS = 5_000  # characters of a set that are handled between two checks of the time limit


class Alphabet:
    """Classes of characters that no automaton distinguishes, each with a printable representative."""

    def __init__(self, automata: Sequence[Automaton], until: float) -> None:
        # a set may have hundreds of ranges: each is looked at once, and cached by its identity
        by_identity = {id(ranges): ranges for each in automata for steps in each.steps for ranges, _ in steps}
        sets = dict.fromkeys([*by_identity.values(), ((10, 10),)])
        numbers = {ranges: number for number, ranges in enumerate(sets)}
        self.numbers = {identity: numbers[ranges] for identity, ranges in by_identity.items()}
        edges = {0, 1, 0xD800, 0xE000}
        for ranges in sets:
            look(until)
            edges.update(cut for low, high in ranges for cut in (low, high + 1))
        cuts = sorted(edges)
        starts = [(number, ranges, [low for low, _ in ranges]) for number, ranges in enumerate(sets)]
        kinds: dict[frozenset[int], str] = {}
        between = max(1, _LOOKUPS // (len(starts) or 1))
        for number, (low, following) in enumerate(zip(cuts, [*cuts[1:], LAST + 1], strict=True)):
            if number % between == 0:
                look(until)
            if low == 0 or 0xD800 <= low < 0xE000 or low > LAST:
                continue  # no environment variable can hold these
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
