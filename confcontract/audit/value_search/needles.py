"""Searches streams of any length for many byte strings at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass

from confcontract.audit.value_search.value_forms import SHORTEST, ValueForm, forms_of
from confcontract.verdict.mask import MASK

_BREAKS = b"\r\n\t "  # separates lines, including indentation
_ESCAPED_BREAK = re.compile(rb"\\+[nr]")  # in a string of JSON or of a program; nested strings have more of them
# The end of a line of base64 or hexadecimal, at least 60 columns long, in a map of the kind of each byte.
_LINE_END = b"a" * 48 + b"\n"
_ESCAPED_END = b"a" * 48 + b"\\"
_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_KIND = bytes(
    b"a"[0] if each in _ALPHABET else b"\n"[0] if each in b"\r\n" else each if each == b"\\"[0] else b"."[0]
    for each in range(256)
)
_INDENTED = 256  # bytes allowed between the lines of one spelling, in addition to its own length
_DFA_BYTES = 50_000  # for all needles: at most 20 MB of memory; slower automata take less


@dataclass(frozen=True, slots=True)
class Occurrence:
    """variable: the owner of the value. form: the spelling that was found."""

    variable: str
    form: ValueForm


class Needles:
    """The values of secrets, in all their spellings. The repr shows none.

    values: variable → its values, which may be parts of the full value. too_short: variables with a value that is too
    short to search for.
    """

    def __init__(self, values: Mapping[str, Iterable[str]]) -> None:
        self._meaning: dict[bytes, list[Occurrence]] = {}
        self.too_short: list[str] = []
        self.searched: list[str] = []
        for variable, given in values.items():
            texts = [text for text in dict.fromkeys(given) if text]
            long = [text for text in texts if len(text) >= SHORTEST]
            if len(long) < len(texts):
                self.too_short.append(variable)
            if long:
                self.searched.append(variable)
            for text in long:
                for needle, form in forms_of(text).items():
                    self._meaning.setdefault(needle, []).append(Occurrence(variable, form))
        self._needles = list(self._meaning)
        self.longest = max(map(len, self._needles), default=0)
        self._find = _finder(self._needles)
        in_lines = [n for n, each in enumerate(self._needles) if any(of.form.in_lines for of in self._meaning[each])]
        self._in_lines = _finder([self._needles[number] for number in in_lines])
        self._numbers_in_lines = in_lines

    def __bool__(self) -> bool:
        return bool(self._needles)

    def stream(self) -> StreamSearch:
        return StreamSearch(self)

    def numbers_in(self, content: bytes) -> Iterable[int]:
        return self._find(content) if self._needles else ()

    def numbers_in_lines(self, content: bytes) -> Iterable[int]:
        """Numbers of the spellings that are broken into lines and may be indented. Text without such lines costs
        little."""
        if not self._numbers_in_lines:
            return ()
        kinds = content.translate(_KIND)
        if _ESCAPED_END in kinds:
            content = _ESCAPED_BREAK.sub(b"", content)
        elif _LINE_END not in kinds:
            return ()
        return [self._numbers_in_lines[each] for each in self._in_lines(content.translate(None, _BREAKS))]

    def meanings(self, numbers: Set[int]) -> list[Occurrence]:
        """One occurrence per variable: the plainest spelling that was found."""
        if not numbers:
            return []
        order = list(ValueForm)
        found: dict[str, Occurrence] = {}
        for number in sorted(numbers):
            for each in self._meaning[self._needles[number]]:
                known = found.get(each.variable)
                if known is None or order.index(each.form) < order.index(known.form):
                    found[each.variable] = each
        return list(found.values())

    def in_text(self, text: str) -> list[Occurrence]:
        content = text.encode("utf-8", "surrogateescape")
        return self.meanings({*self.numbers_in(content), *self.numbers_in_lines(content)})

    def masked(self, text: str) -> str:
        """The text with all values masked."""
        content = text.encode("utf-8", "surrogateescape")
        whole = set(self.numbers_in(content))
        for needle in self._longest_first(whole):
            content = content.replace(needle, MASK.encode())
        broken = set(self.numbers_in_lines(content))
        for needle in self._longest_first(broken):
            between = b"(?:[%b]|%b)*" % (_BREAKS, _ESCAPED_BREAK.pattern)
            content = re.sub(
                between.join(re.escape(needle[at : at + 1]) for at in range(len(needle))), MASK.encode(), content
            )
        return content.decode("utf-8", "surrogateescape") if whole or broken else text

    def _longest_first(self, numbers: Iterable[int]) -> list[bytes]:
        return sorted((self._needles[number] for number in numbers), key=len, reverse=True)

    def __repr__(self) -> str:
        return f"Needles(of {self.searched})"


class StreamSearch:
    """Searches one stream, and also finds values that span two of its pieces."""

    __slots__ = ("_found", "_needles", "_overlap", "_tail")

    def __init__(self, needles: Needles) -> None:
        self._needles = needles
        self._overlap = 2 * needles.longest + _INDENTED
        self._tail = b""
        self._found: set[int] = set()

    def take(self, piece: bytes) -> None:
        content = self._tail + piece
        self._found.update(self._needles.numbers_in(content))
        self._found.update(self._needles.numbers_in_lines(content))
        self._tail = content[-self._overlap :]

    @property
    def found(self) -> list[Occurrence]:
        return self._needles.meanings(self._found)


def _finder(needles: list[bytes]) -> Callable[[bytes], Iterable[int]]:
    """Uses an automaton for all needles at once if confcontract[audit] is installed. Otherwise it searches for one
    needle after another, with the same result, which takes longer the more needles there are."""
    try:
        from ahocorasick_rs import BytesAhoCorasick, Implementation
    except ImportError:
        return lambda content: [number for number, needle in enumerate(needles) if needle in content]
    if not needles:
        return lambda _: ()
    small = sum(map(len, needles)) <= _DFA_BYTES
    automaton = BytesAhoCorasick(needles, implementation=Implementation.DFA if small else None)
    return lambda content: {each[0] for each in automaton.find_matches_as_indexes(content, overlapping=True)}
