"""A pattern, in the dialect that a contract names, as an automaton of the texts in which it is found.

Python's own parser parses both dialects where they agree; parts that only one of them has are Undecidable.
"""

from __future__ import annotations

import math
import re
import warnings

from confcontract.compare.accepted import charsets
from confcontract.compare.accepted.automaton import Automaton, Undecidable, look
from confcontract.compare.accepted.charsets import ANY, NO_NEWLINE, Ranges, union, without
from confcontract.compare.accepted.rust_patterns import for_python

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RUST, PYTHON = "rust-regex", "python-re"
_LONGEST = 20_000  # characters; longer patterns are undecidable because Python's parser can't be interrupted
_AT_ONCE = 200  # parts of a pattern between two checks of the time limit
_NAMES = {
    "ASSERT": "looks ahead or behind",
    "ASSERT_NOT": "looks ahead or behind",
    "GROUPREF": "refers back to a group",
    "GROUPREF_EXISTS": "refers back to a group",
    "ATOMIC_GROUP": "has a group that does not go back",
    "POSSESSIVE_REPEAT": "has a repeat that does not go back",
}


def automaton_of(pattern: str, dialect: str = RUST, flags: int = 0, until: float = math.inf) -> Automaton:
    """Raises Undecidable, also when the time is up."""
    if len(pattern) > _LONGEST:
        raise Undecidable("the pattern is too long to be decided")
    if dialect == RUST:
        pattern = for_python(pattern)
    parser: Any = re._parser  # type: ignore[attr-defined]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = parser.parse(pattern, flags)
    except (re.error, RecursionError, OverflowError):
        raise Undecidable("the pattern could not be read") from None
    flags = parsed.state.flags
    if flags & (re.MULTILINE | re.VERBOSE | re.LOCALE):
        raise Undecidable("the pattern has flags that are not decided")
    building = _Building(dialect, flags, until)
    try:
        building.found_in_text(parsed)
    except RecursionError:
        raise Undecidable("the pattern is nested too deeply") from None
    return building.automaton


class _Building:
    def __init__(self, dialect: str, flags: int, until: float) -> None:
        self.automaton = Automaton()
        self.dialect = dialect
        self.flags = flags
        self.until = until
        self.parts = 0
        # Sets of characters, by their place in the pattern, because a repeat reuses one many times; and by their
        # content.
        self.placed: dict[tuple[str, int, int], Ranges] = {}
        self.known: dict[tuple[str, str, int], Ranges] = {}

    def found_in_text(self, parsed: Any) -> None:
        """Anything, the pattern, anything: a pattern is searched for in the text."""
        automaton = self.automaton
        begin = automaton.state()
        automaton.empty[automaton.first].append(begin)
        automaton.steps[begin].append((ANY, begin))
        automaton.empty[self.sequence(parsed, begin, self.flags)].append(automaton.final)
        automaton.steps[automaton.final].append((ANY, automaton.final))
        for targets in automaton.before_last_newline:
            if any(each not in automaton.ending for each in targets):
                raise Undecidable("the pattern continues after its $")

    def sequence(self, parsed: Any, state: int, flags: int) -> int:
        for operation, argument in parsed:
            state = self.one(str(operation), argument, state, flags)
        return state

    def one(self, operation: str, argument: Any, state: int, flags: int) -> int:
        automaton = self.automaton
        self.parts += 1
        if self.parts % _AT_ONCE == 0:
            look(self.until)
        if operation == "SUBPATTERN":
            _, added, removed, inner = argument
            if (added | removed) & (re.MULTILINE | re.VERBOSE):
                raise Undecidable("the pattern has flags that are not decided")
            return self.sequence(inner, state, (flags | added) & ~removed)
        if operation == "BRANCH":
            end = automaton.state()
            for branch in argument[1]:
                automaton.empty[self.sequence(branch, self._after(state), flags)].append(end)
            return end
        if operation in ("MAX_REPEAT", "MIN_REPEAT"):
            low, high, inner = argument
            return self.repeat(low, high, inner, state, flags)
        if operation == "AT":
            return self.at(str(argument), state)
        if operation in _NAMES:
            raise Undecidable(f"the pattern {_NAMES[operation]}")
        following = automaton.state()
        place = (operation, argument if isinstance(argument, int) else id(argument), flags)
        if place not in self.placed:
            self.placed[place] = self.set_of(operation, argument, flags)
        automaton.steps[state].append((self.placed[place], following))
        return following

    def set_of(self, operation: str, argument: Any, flags: int) -> Ranges:
        key = (operation, repr(argument), flags)
        if key not in self.known:
            look(self.until)
            self.known[key] = self.characters(operation, argument, flags)
        return self.known[key]

    def _after(self, state: int) -> int:
        following = self.automaton.state()
        self.automaton.empty[state].append(following)
        return following

    def repeat(self, low: int, high: Any, inner: Any, state: int, flags: int) -> int:
        automaton = self.automaton
        for _ in range(low):
            state = self.sequence(inner, self._after(state), flags)
        end = automaton.state()
        if str(high) == "MAXREPEAT":
            again = self._after(state)
            automaton.empty[self.sequence(inner, self._after(again), flags)].append(again)
            automaton.empty[again].append(end)
            return end
        automaton.empty[state].append(end)
        for _ in range(high - low):
            state = self.sequence(inner, self._after(state), flags)
            automaton.empty[state].append(end)
        return end

    def at(self, where: str, state: int) -> int:
        automaton = self.automaton
        following = automaton.state()
        if where in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
            automaton.at_start[state].append(following)
        elif where == "AT_END_STRING" or (where == "AT_END" and self.dialect == RUST):
            automaton.at_end[state].append(following)
        elif where == "AT_END":
            automaton.before_last_newline[state].append(following)
        else:
            raise Undecidable("the pattern looks for the edges of words")
        return following

    def characters(self, operation: str, argument: Any, flags: int) -> Ranges:
        if operation == "ANY":
            return ANY if flags & re.DOTALL else NO_NEWLINE
        if operation == "LITERAL":
            return self.cased(((argument, argument),), flags)
        if operation == "NOT_LITERAL":
            return without(self.cased(((argument, argument),), flags))
        if operation == "IN":
            negated = str(argument[0][0]) == "NEGATE"
            members = argument[1:] if negated else argument
            found = self.cased(union(r for each in members for r in self.member(str(each[0]), each[1], flags)), flags)
            return without(found) if negated else found
        if operation == "CATEGORY":
            return self.member(operation, argument, flags)
        raise Undecidable(f"the pattern uses {operation.lower()}")

    def member(self, operation: str, argument: Any, flags: int) -> Ranges:
        if operation == "LITERAL":
            return ((argument, argument),)
        if operation == "RANGE":
            return (tuple(argument),)
        if operation != "CATEGORY":
            raise Undecidable(f"the pattern uses {operation.lower()}")
        name = str(argument)
        ascii_only = bool(flags & re.ASCII)
        if not ascii_only:
            self.automaton.dialects.add(self.dialect)
        python = self.dialect == PYTHON
        if name.endswith("DIGIT"):
            found = charsets.digits(ascii_only=ascii_only)
        elif name.endswith("SPACE"):
            found = charsets.spaces(ascii_only=ascii_only, python=python)
        else:
            found = charsets.words(ascii_only=ascii_only, python=python)
        return without(found) if "NOT" in name else found

    def cased(self, ranges: Ranges, flags: int) -> Ranges:
        if not flags & re.IGNORECASE:
            return ranges
        if flags & re.ASCII:
            both = [(c, c) for low, high in ranges for c in range(low, min(high, 127) + 1)]
            swapped = [ord(chr(c).swapcase()) for c, _ in both if chr(c).isalpha()]
            return union((*ranges, *((c, c) for c in swapped)))
        return charsets.any_case(ranges)
