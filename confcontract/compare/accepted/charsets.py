"""Sets of characters as ranges of code points, including the sets that patterns name."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LAST = 0x10FFFF
Ranges = tuple[tuple[int, int], ...]  # ascending and disjoint

# Unicode's White_Space: Rust's definition of white space, and the characters that pydantic strips.
WHITE_SPACE: Ranges = (
    *((0x9, 0xD), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)),
    *((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)),
)
_OTHER_ALPHABETIC = ((0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189))


def union(ranges: Iterable[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def without(ranges: Ranges) -> Ranges:
    """All other characters."""
    found, start = [], 0
    for low, high in ranges:
        if low > start:
            found.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        found.append((start, LAST))
    return tuple(found)


# The planes of Unicode with letters, marks and digits: the others are empty, or for private use.
_ASSIGNED = (range(0x33480), range(0xE0100, 0xE01F0))

ANY: Ranges = ((0, LAST),)
NO_NEWLINE = without(((10, 10),))


@lru_cache(maxsize=16)
def digits(*, ascii_only: bool) -> Ranges:
    return ((48, 57),) if ascii_only else _where(lambda char: unicodedata.category(char) == "Nd")


@lru_cache(maxsize=16)
def spaces(*, ascii_only: bool, python: bool) -> Ranges:
    if ascii_only:
        return ((9, 13), (32, 32))
    return union((*WHITE_SPACE, (0x1C, 0x1F))) if python else WHITE_SPACE


@lru_cache(maxsize=16)
def words(*, ascii_only: bool, python: bool) -> Ranges:
    if ascii_only:
        return ((48, 57), (65, 90), (95, 95), (97, 122))
    if python:
        return _where(lambda char: char.isalnum() or char == "_")
    kept = ("L", "M")
    found = _where(lambda char: (name := unicodedata.category(char))[0] in kept or name in ("Nd", "Nl", "Pc"))
    return union((*found, (0x200C, 0x200D), *_OTHER_ALPHABETIC))


def _where(holds: Callable[[str], bool]) -> Ranges:
    return union((code, code) for codes in _ASSIGNED for code in codes if holds(chr(code)))


@lru_cache(maxsize=1)
def _cases() -> dict[int, frozenset[int]]:
    """Characters that differ only in case."""
    groups: dict[str, set[int]] = {}
    for code in _ASSIGNED[0]:
        char = chr(code)
        lower, upper = char.lower(), char.upper()
        if lower != char or upper != char:
            key = upper.lower() if len(upper) == 1 else lower
            groups.setdefault(key, set()).update({code, *(ord(each) for each in (lower, upper) if len(each) == 1)})
    return {code: frozenset(group) for group in groups.values() for code in group}


def holds(ranges: Ranges, lows: Sequence[int], code: int) -> bool:
    """lows: the starts of the ranges."""
    at = bisect_right(lows, code) - 1
    return at >= 0 and ranges[at][1] >= code


def any_case(ranges: Ranges) -> Ranges:
    lows = [low for low, _ in ranges]
    more = {other for code, group in _cases().items() if holds(ranges, lows, code) for other in group}
    return union((*ranges, *((code, code) for code in more)))
