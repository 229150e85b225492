"""Compare lists, sets, tuples, mappings and sections: the number of items, and the items."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from confcontract.compare.accepted.difference import Aspect
from confcontract.compare.accepted.kinds import DIFFERENT_KINDS, kind_words, takes_any_text
from confcontract.compare.accepted.samples import (
    MOST_SIBLINGS,
    SERIES,
    UNIQUE,
    counts_of,
    likely,
    likely_to_both,
    listed,
    siblings,
)
from confcontract.compare.accepted.spot import Domain, Spot, Terms
from confcontract.compare.accepted.textual import length_words
from confcontract.compare.keys_in_files import key_in_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from confcontract.compare.accepted.shape import Shape

    Inside = Callable[[Sequence[Shape], Sequence[Shape], Terms], list[Spot]]

_LENGTH_OPTIONS = ("min_length", "max_length")
_UNDECIDED_OPTIONS = "options of the type differ, with unknown effect"


def series(old: Shape, new: Shape, terms: Terms, inside: Inside) -> Iterator[Spot]:
    """Two lists, or a list and a set."""
    items = replace(terms, domain=Domain.JSON)
    some = likely_to_both(old.parts["[]"], new.parts["[]"])
    yield from _counts(old, new, "items", [listed(some, n) for n in _near_counts(old, new)], some)
    yield from _others(old, new, ("delimiter", "made"), [listed(some, 1), *some])
    n = max(counts_of(old)[0], counts_of(new)[0], 1)

    def lift(value: Any) -> list[Any]:
        return [[value, *others] for others in siblings(some, n - 1)]

    for spot in inside(old.parts["[]"], new.parts["[]"], items):
        yield replace(spot, path=("[]", *spot.path), lifts=(lift, *spot.lifts))


def tuple_within_series(inner: Shape, outer: Shape, terms: Terms, inside: Inside) -> str | None:
    """A tuple of fixed parts, as a list with the same number of items."""
    low, high = counts_of(outer)
    count = len(inner.parts)
    fits = low <= count and (high is None or count <= high) and not (outer.kind in UNIQUE and low > 1)
    plain = inner.options.get("variadic_item_index") is None and not _checks(outer) and not _checks(inner)
    items = replace(terms, domain=Domain.JSON)
    same = all(
        all(spot.forward is None for spot in inside(part, outer.parts["[]"], items)) for part in inner.parts.values()
    )
    return None if fits and plain and same and _strict(inner) == _strict(outer) else DIFFERENT_KINDS


def _strict(shape: Shape) -> bool:
    return bool(shape.options.get("strict"))


def _checks(shape: Shape) -> list[Any]:
    return [check for check in shape.checks if check[0] not in ("length", "size")]


def tuples(old: Shape, new: Shape, terms: Terms, inside: Inside) -> Iterator[Spot]:
    """Two tuples of fixed parts."""
    same = len(old.parts) == len(new.parts)
    if not same or old.options.get("variadic_item_index") != new.options.get("variadic_item_index"):
        words = (
            length_words(len(old.parts), len(old.parts), "items"),
            length_words(len(new.parts), len(new.parts), "items"),
        )
        tried = [each for shape in (old, new) for each in likely(shape)]
        yield Spot(Aspect.RANGE, *words, "the items differ", "the items differ", tried)
        return
    yield from _others(old, new, ("variadic_item_index",), likely(old))
    some = [likely_to_both(old.parts[name], new.parts[name]) for name in old.parts]
    for index, name in enumerate(old.parts):

        def lift(value: Any, at: int = index) -> list[Any]:
            return [
                [value if i == at else each[k % len(each)] for i, each in enumerate(some)] for k in range(MOST_SIBLINGS)
            ]

        for spot in inside(old.parts[name], new.parts[name], replace(terms, domain=Domain.JSON)):
            yield replace(spot, path=(name, *spot.path), lifts=(lift, *spot.lifts))


def mappings(old: Shape, new: Shape, terms: Terms, inside: Inside) -> Iterator[Spot]:
    keys, values = (likely_to_both(old.parts[part], new.parts[part]) for part in ("keys", "{}"))
    texts = [key for key in keys if isinstance(key, str)] or ["a"]
    tried = [{f"{key}{i or ''}": values[0] for i in range(n)} for n in _near_counts(old, new) for key in texts[:2]]
    yield from _counts(old, new, "entries", tried)
    yield from _others(old, new, (), tried)
    for part in ("keys", "{}"):

        def lift(value: Any, part: str = part) -> list[Any]:
            if part == "keys":
                return [{value: each} for each in values[:MOST_SIBLINGS]] if isinstance(value, str) else []
            return [{each: value} for each in texts[:MOST_SIBLINGS]]

        domain = Domain.TEXT if part == "keys" else Domain.JSON
        for spot in inside(old.parts[part], new.parts[part], replace(terms, domain=domain)):
            yield replace(spot, path=(part, *spot.path), lifts=(lift, *spot.lifts))


def sections(old: Shape, new: Shape, terms: Terms, inside: Inside) -> Iterator[Spot]:
    """Two typed-dicts: the JSON of a section, or of an item that has members."""
    others = [{k: v for k, v in each.options.items() if k not in ("extra", "keys")} for each in (old, new)]
    whole = likely(old), likely(new)
    if others[0] != others[1] or old.checks != new.checks:
        yield Spot(Aspect.TYPE, "section", "section", _UNDECIDED_OPTIONS, _UNDECIDED_OPTIONS, [*whole[0], *whole[1]])
    yield from _extras(old, new, whole)
    for name in old.parts.keys() & new.parts.keys():
        yield from _member(old, new, name, whole, terms, inside)
    for name in sorted(old.parts.keys() ^ new.parts.keys()):
        yield _only_one_has(old, new, name, whole)


def _extras(old: Shape, new: Shape, whole: tuple[list[Any], list[Any]]) -> Iterator[Spot]:
    a, b = (each.options["extra"] == "forbid" for each in (old, new))
    if a == b:
        return
    tried = [{**each, "notAMember": 1} for each in (*whole[0], *whole[1])]
    words = {True: "unknown members are refused", False: "unknown members are accepted"}
    why = "unknown members are accepted on one side only"
    yield Spot(Aspect.TYPE, words[a], words[b], None if a else why, None if b else why, tried)


def _member(
    old: Shape, new: Shape, name: str, whole: tuple[list[Any], list[Any]], terms: Terms, inside: Inside
) -> Iterator[Spot]:
    keys = old.options["keys"][name], new.options["keys"][name]
    tried = [{k: v for k, v in each.items() if k != key_in_data(keys[0], name)} for each in (*whole[0], *whole[1])]
    if keys[0] != keys[1]:
        why, tried = "a member has another name", [*whole[0], *whole[1]]
        yield Spot(Aspect.TYPE, str(keys[0]), str(keys[1]), why, why, tried, (name,))
        return
    optional = name in old.optional, name in new.optional
    if optional[0] != optional[1]:
        words = {True: "may be missing", False: "has to be there"}
        why = "a member may be missing on one side only"
        forward, rollback = why if optional[0] else None, why if optional[1] else None
        yield Spot(Aspect.TYPE, words[optional[0]], words[optional[1]], forward, rollback, tried, (name,))
    key = key_in_data(keys[0], name)

    def lift(value: Any) -> list[Any]:
        return [{**each, key: value} for each in islice((*whole[0][:2], *whole[1][:2]), 4)]

    for spot in inside(old.parts[name], new.parts[name], replace(terms, domain=Domain.JSON)):
        yield replace(spot, path=(name, *spot.path), lifts=(lift, *spot.lifts))


def _only_one_has(old: Shape, new: Shape, name: str, whole: tuple[list[Any], list[Any]]) -> Spot:
    has = old if name in old.parts else new
    other = new if has is old else old
    why = "a member is known on one side only"
    into = None if other.options["extra"] != "forbid" else why
    never = other.options["extra"] == "forbid" and _names_in(has, name).isdisjoint(
        each for member in other.parts for each in _names_in(other, member)
    )
    back = None if name in has.optional and (never or _takes_anything(has.parts[name])) else why
    key = key_in_data(has.options["keys"][name], name)
    both = [*whole[0], *whole[1]]
    tried = [*both, *({k: v for k, v in each.items() if k != key} for each in both)]
    odd: tuple[Any, ...] = (1, "a", None, [], {})
    tried += [{**each, key: value} for each in both for value in odd]
    if has is old:
        return Spot(Aspect.TYPE, "a member", "not a member", into, back, tried, (name,))
    return Spot(Aspect.TYPE, "not a member", "a member", back, into, tried, (name,))


def _names_in(section: Shape, name: str) -> set[str]:
    """All names that may set a member, or a value that contains it."""
    found, left = {name}, [section.options["keys"][name]]
    while left:
        alias = left.pop()
        if isinstance(alias, str):
            found.add(alias)
        elif isinstance(alias, (list, tuple)):
            left += alias
    return found


def section_within_mapping(inner: Shape, outer: Shape) -> str | None:
    """A section, as a mapping with any keys and any values."""
    free = _takes_anything(outer.parts["{}"]) and any(map(takes_any_text, outer.parts["keys"]))
    plain = counts_of(outer) == (0, None) and not _checks(outer) and not inner.checks
    return None if free and plain and _strict(inner) == _strict(outer) else DIFFERENT_KINDS


def _takes_anything(shapes: Sequence[Shape]) -> bool:
    return any(each.kind == "any" and not each.checks for each in shapes)


def _counts(old: Shape, new: Shape, of: str, tried: list[Any], some: Sequence[Any] = ()) -> Iterator[Spot]:
    same_way = (old.kind in UNIQUE) == (new.kind in UNIQUE)
    if counts_of(old) == counts_of(new) and same_way:
        return
    if not same_way:
        tried = [*tried, *([each] * n for each in some[:3] for n in _near_counts(old, new)), [[]], [{}], [[], []]]
    forward, rollback = _count_within(old, new), _count_within(new, old)
    aspect = Aspect.RANGE if same_way else Aspect.TYPE
    words = [length_words(*counts_of(each), of) for each in (old, new)]
    if same_way and forward and rollback and counts_of(old)[0] != counts_of(new)[0]:  # both ends are checked separately
        yield from _each_end(old, new, words, tried)
        return
    if not same_way:
        words = [kind_words(old), kind_words(new)]
    yield Spot(aspect, words[0], words[1], forward, rollback, tried)


def _each_end(old: Shape, new: Shape, words: list[str], tried: list[Any]) -> Iterator[Spot]:
    (low, high), (new_low, new_high) = counts_of(old), counts_of(new)
    lower = new_low <= low, low <= new_low
    upper = _at_most(high, new_high), _at_most(new_high, high)
    for forward, rollback in (lower, upper):
        if not (forward and rollback):
            inclusions = None if forward else _COUNTS, None if rollback else _COUNTS
            yield Spot(Aspect.RANGE, words[0], words[1], *inclusions, tried)


def _at_most(inner: int | None, outer: int | None) -> bool:
    return outer is None or (inner is not None and inner <= outer)


_COUNTS = "the limits differ, but no example text was found"


def _count_within(inner: Shape, outer: Shape) -> str | None:
    """A set is measured by its distinct items: a list with items has at least one."""
    (low, high), (outer_low, outer_high) = counts_of(inner), counts_of(outer)
    if outer.kind in UNIQUE and inner.kind not in UNIQUE:
        low = min(low, 1)
        if not all(map(_hashable, inner.parts["[]"])):
            return "what can't be compared is not an item of a set"
    if inner.kind in UNIQUE and outer.kind not in UNIQUE:
        high = None
    return None if outer_low <= low and _at_most(high, outer_high) else _COUNTS


def _near_counts(old: Shape, new: Shape) -> list[int]:
    edges = {edge for each in (old, new) for edge in counts_of(each) if edge is not None}
    return sorted({max(edge + step, 0) for edge in {*edges, 1} for step in (-1, 0, 1) if edge < 10_000})


def _hashable(shape: Shape) -> bool:
    return shape.kind not in ("any", "other", "section", "dict", *SERIES, "tuple")


def _others(old: Shape, new: Shape, known: tuple[str, ...], tried: list[Any]) -> Iterator[Spot]:
    known = (*known, *_LENGTH_OPTIONS)
    options = [{k: v for k, v in each.options.items() if k not in known} for each in (old, new)]
    checks = [[c for c in each.checks if c[0] not in ("length", "size")] for each in (old, new)]
    if options[0] != options[1] or checks[0] != checks[1]:
        yield Spot(Aspect.TYPE, kind_words(old), kind_words(new), _UNDECIDED_OPTIONS, _UNDECIDED_OPTIONS, tried)
