"""Values that a shape is likely to accept, to be tried together with the boundary values."""

from __future__ import annotations

from confcontract.compare.accepted.automaton import time_limit
from confcontract.compare.accepted.ranges import NUMBERS, NotOrdered, near, range_of
from confcontract.compare.accepted.textual import lengths_of, pattern_of, sample_texts
from confcontract.compare.keys_in_files import key_in_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.compare.accepted.shape import Shape

SERIES = ("list", "set", "frozenset", "deque")
UNIQUE = ("set", "frozenset")
MOST_SIBLINGS = 3


def counts_of(shape: Shape) -> tuple[int, int | None]:
    """The possible numbers of items or entries."""
    return lengths_of(shape)


def likely(shape: Shape) -> list[Any]:
    """Values that a shape is likely to accept."""
    if shape.kind in SERIES:
        some = [each for part in shape.parts["[]"] for each in likely(part)][:6] or [1]
        low, high = counts_of(shape)
        return [listed(some[k:] + some[:k], n) for n in {low, low + 1, high or 1} for k in range(2) if n < 10_000]
    if shape.kind == "tuple":
        parts = [[v for each in alternatives for v in likely(each)] or [1] for alternatives in shape.parts.values()]
        return [[each[k % len(each)] for each in parts] for k in range(MOST_SIBLINGS)]
    if shape.kind == "dict":
        low, high = counts_of(shape)
        values = [v for each in shape.parts["{}"] for v in likely(each)] or [1]
        keys = [v for each in shape.parts["keys"] for v in likely(each) if isinstance(v, str)] or ["a"]
        return [{f"{keys[0]}{i or ''}": values[0] for i in range(n)} for n in {low, low + 1} if n < 10_000]
    if shape.kind == "section":
        return _sample_sections(shape)
    return _likely_scalars(shape)


def _sample_sections(shape: Shape) -> list[Any]:
    found = []
    for k in range(MOST_SIBLINGS):
        section = {}
        for name, alternatives in shape.parts.items():
            values = [v for each in alternatives for v in likely(each)] or [1]
            if name not in shape.optional or k == 1:
                section[key_in_data(shape.options["keys"][name], name)] = values[k % len(values)]
        found.append(section)
    return found


def _likely_scalars(shape: Shape) -> list[Any]:
    if shape.kind == "none":
        return [None]
    if shape.kind in ("members", "numbered"):
        return list(shape.options["values"])[:6]
    if shape.kind == "str":
        low, high = lengths_of(shape)
        if pattern_of(shape) is not None:
            return [each for each in sample_texts(shape, time_limit(0.2)) if low <= len(each)][-8:] or ["a"]
        return [*(char * max(low, 1) for char in "abcde"), *(["c" * high] if high is not None and high < 1000 else [])]
    if shape.kind in NUMBERS:
        try:
            limits = range_of(shape, whole=True)
            edges = [*near(limits.low, whole=True)[:2], *near(limits.high, whole=True)[:1]]
        except NotOrdered:
            edges = []
        return [*edges, *(str(n * (shape.options.get("multiple_of") or 1)) for n in (1, 2, 3))]
    return _EXAMPLES.get(shape.kind, ["a", 1, "1", {}])


_EXAMPLES: Mapping[str, list[Any]] = {
    "any": [1, "a", [], {}],
    "bool": [True, "false", "yes"],
    "date": ["2020-01-01", "2020-01-02", "2020-01-03"],
    "datetime": ["2020-01-01T10:00:00Z", "2020-01-02T10:00:00", "2020-01-03"],
    "time": ["10:00", "11:00", "12:00Z"],
    "timedelta": ["P1D", "PT1S", "PT2S"],
    "uuid": [f"12345678-1234-{v}234-8234-56781234567{n}" for n in range(2) for v in range(1, 9)],
    "url": ["http://a.example/b", "https://b.example", "redis://c/1"],
    "multi-host-url": ["postgres://u@h/d", "http://a.example/b", "redis://c/1"],
    "ip": ["10.0.0.1", "::1", "10.0.0.0/8", "::/64", "10.0.0.1/8"],
    "size": ["1KiB", "2", "3MB"],
}


def likely_to_both(old: Sequence[Shape], new: Sequence[Shape]) -> list[Any]:
    """The values, with those first that both sides are likely to accept."""
    a, b = ([v for each in side for v in likely(each)] for side in (old, new))
    return [*(each for each in a if each in b), *a, *b] or [1]


def siblings(some: Sequence[Any], count: int) -> list[list[Any]]:
    return [[some[(i + k) % len(some)] for i in range(count)] for k in range(MOST_SIBLINGS if count else 1)]


def listed(some: Sequence[Any], count: int) -> list[Any]:
    distinct = list({repr(each): each for each in some}.values())
    return [distinct[i % len(distinct)] for i in range(count)]
