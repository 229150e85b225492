"""The sets of states that an automaton can be in, from character to character.

A set is an integer with a bit for each state. A search keeps many thousands of them. Integers are small, are freed at
once, and are not tracked by the garbage collector, which would otherwise delay a search beyond its limit.
"""

from __future__ import annotations

from confcontract.compare.accepted.automaton import look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from confcontract.compare.accepted.alphabet import Alphabet
    from confcontract.compare.accepted.automaton import Automaton

_BYTE = 8  # states that are followed together
_AT_ONCE = 500  # states between two checks of the time limit


class StateSets:
    """The sets of one automaton. 0: no state, so nothing more can be accepted."""

    def __init__(self, automaton: Automaton, alphabet: Alphabet, until: float) -> None:
        self._automaton, self._alphabet, self._until = automaton, alphabet, until
        self._closures = self._closed()
        self._ending = self._set(automaton.ending)
        self._known: list[dict[int, int]] = [{} for _ in alphabet.kinds]
        # For each class of characters: position and value of a byte of a set → the next states. Filled on demand.
        self._tables: list[dict[tuple[int, int], int]] = [{} for _ in alphabet.kinds]

    def first(self) -> int:
        return self._set(self._automaton.closure((self._automaton.first,), start=True))

    def accepts(self, states: int) -> bool:
        """Whether a non-empty text that ends in these states is accepted."""
        return states & self._ending != 0

    def after(self, states: int, kind: int) -> int:
        """The states after a character of this class. Raises Undecidable when the time is up."""
        known = self._known[kind]
        found = known.get(states)
        if found is None:
            look(self._until)
            table = self._tables[kind]
            found = 0
            for place, byte in enumerate(states.to_bytes((states.bit_length() + 7) // _BYTE, "little")):
                if byte:
                    reached = table.get((place, byte))
                    if reached is None:
                        reached = table[place, byte] = self._of_byte(place, byte, kind)
                    found |= reached
            known[states] = found
        return found

    def _of_byte(self, place: int, byte: int, kind: int) -> int:
        look(self._until)
        automaton, (within, char) = self._automaton, self._alphabet.kinds[kind]
        found = 0
        for number in range(_BYTE):
            if byte >> number & 1:
                state = place * _BYTE + number
                for ranges, target in automaton.steps[state]:
                    if self._alphabet.numbers[id(ranges)] in within:
                        found |= self._closures[target]
                if char == "\n" and automaton.may_end(state):
                    found |= self._closures[automaton.ended]
        return found

    @staticmethod
    def _set(states: Iterable[int]) -> int:
        found = 0
        for state in states:
            found |= 1 << state
        return found

    def _closed(self) -> list[int]:
        """For each state, the states that are reached from it without a character."""
        empty = self._automaton.empty
        found = [1 << state for state in range(len(empty))]
        changed = True
        while changed:  # most transitions lead to later states, so one backward pass is nearly enough
            changed = False
            for state in range(len(empty) - 1, -1, -1):
                if state % _AT_ONCE == 0:
                    look(self._until)
                closed = found[state]
                for target in empty[state]:
                    closed |= found[target]
                if closed != found[state]:
                    found[state], changed = closed, True
        return found
