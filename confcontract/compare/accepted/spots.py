"""Compare two shapes part by part: where they differ, and what is proven about it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from confcontract.compare.accepted import containers, fixed_formats, numeric, textual
from confcontract.compare.accepted.boundaries import boundaries
from confcontract.compare.accepted.difference import Aspect
from confcontract.compare.accepted.kinds import inclusion_of_kinds, kind_words, takes_any_items
from confcontract.compare.accepted.ranges import MOMENTS, NUMBERS
from confcontract.compare.accepted.samples import SERIES, counts_of
from confcontract.compare.accepted.shape import Shape
from confcontract.compare.accepted.spot import Domain, Spot, Terms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

NOTHING_TRIED = "no example text was found, but none was excluded either"


def spots(old: Sequence[Shape], new: Sequence[Shape], terms: Terms) -> list[Spot]:
    """Where two sets of alternatives differ. An empty list: proven equal."""
    if terms.domain is Domain.TEXT:  # no text is None
        old, new = _without_none(old), _without_none(new)
    left = [shape for shape in old if shape not in new]
    right = [shape for shape in new if shape not in old]
    if len(left) == len(right) == 1:
        found = list(of_one(left[0], right[0], terms))
        if len(old) > 1 or len(new) > 1:
            found = _beside_others(found, left[0], right[0], (old, new), terms)
    else:
        found = list(_of_several(old, left, new, right, terms)) if left or right else []
    return found or list(_chosen_otherwise(old, new, terms))


def _beside_others(
    found: list[Spot], left: Shape, right: Shape, sides: tuple[Sequence[Shape], Sequence[Shape]], terms: Terms
) -> list[Spot]:
    """The remaining differences if another alternative accepts everything that the removed one accepted, as text does
    for a number. left, right: the alternatives in which the two sides differ.
    """
    old, new = ([each for each in side if each not in (left, right)] for side in sides)
    if new and any(spot.forward for spot in found) and unproven(left, new, terms) is None:
        found = [replace(spot, forward=None) for spot in found]
    if old and any(spot.rollback for spot in found) and unproven(right, old, terms) is None:
        found = [replace(spot, rollback=None) for spot in found]
    return [spot for spot in found if spot.differs]


def _chosen_otherwise(old: Sequence[Shape], new: Sequence[Shape], terms: Terms) -> Iterator[Spot]:
    """If both accept the same texts, and either has a union, a text may become a value of another type."""
    if not (_has_union(old) or _has_union(new)) or _choices(old) == _choices(new):
        return
    values = [value for shape in (*old, *new) for value in boundaries(shape, terms.domain)]
    words = [_choice_words(each) for each in (old, new)]
    yield Spot(Aspect.ENCODING, words[0], words[1], None, None, values, meaning=True)


def _has_union(shapes: Sequence[Shape]) -> bool:
    return len(shapes) > 1 or any(_has_union(part) for each in shapes for part in each.parts.values())


def _choices(shapes: Sequence[Shape]) -> list[Any]:
    """Everything that determines which alternative a text becomes."""
    return [
        (each, each.by_order, {name: _choices(part) for name, part in each.parts.items()})
        for each in _without_none(shapes)
    ]


def _choice_words(shapes: Sequence[Shape]) -> str:
    said = type_words(shapes)
    if len(_without_none(shapes)) < 2:
        inside = next((part for each in shapes for part in each.parts.values() if _has_union(part)), None)
        return said if inside is None else f"{said} (inside: {_choice_words(inside)})"
    return f"{said}, the first of these that fits" if shapes[0].by_order else f"{said}, whichever fits best"


def _without_none(shapes: Sequence[Shape]) -> list[Shape]:
    return [shape for shape in shapes if shape.kind != "none"]


def _of_several(
    old: Sequence[Shape], left: Sequence[Shape], new: Sequence[Shape], right: Sequence[Shape], terms: Terms
) -> Iterator[Spot]:
    forward = [(shape, why) for shape in left if (why := unproven(shape, new, terms)) is not None]
    rollback = [(shape, why) for shape in right if (why := unproven(shape, old, terms)) is not None]
    values = [value for shape in (*left, *right) for value in boundaries(shape, terms.domain)]
    if forward or rollback:
        yield Spot(
            Aspect.TYPE,
            type_words(old),
            type_words(new),
            forward[0][1] if forward else None,
            rollback[0][1] if rollback else None,
            values,
            all_forward=_all_values([shape for shape, _ in forward], terms),
            all_rollback=_all_values([shape for shape, _ in rollback], terms),
        )


def _all_values(shapes: Sequence[Shape], terms: Terms) -> list[Any] | None:
    """All values that some shapes accept, if they can be tried."""
    if any(each.kind != "members" or each.checks for each in shapes):
        return None
    return [value for each in shapes for value in textual.members_of(each, terms.domain)]


def unproven(inner: Shape, outer: Sequence[Shape], terms: Terms) -> str | None:
    """None if one of several shapes accepts everything that one shape accepts; else why that is not proven."""
    reasons = []
    for each in outer:
        if terms.domain is Domain.TEXT and textual.all_fit([_spelled_out(inner)], each, terms.until):
            return None
        found = [spot.forward for spot in of_one(inner, each, terms) if spot.forward is not None]
        if not found:
            return None
        reasons += found
    return reasons[0] if len(reasons) == 1 else NOTHING_TRIED


def of_one(old: Shape, new: Shape, terms: Terms) -> Iterator[Spot]:
    if old == new:
        return
    for spot in _differences(old, new, terms):
        if spot.differs:
            yield spot


def _differences(old: Shape, new: Shape, terms: Terms) -> Iterator[Spot]:
    if terms.domain is Domain.TEXT and {old.kind, new.kind} == {"bool", "str"} and not old.checks and not new.checks:
        spelled = _spelled_out(old), _spelled_out(new)
        if "members" not in (spelled[0].kind, spelled[1].kind):  # no text is a strict flag
            yield from _of_two_kinds(old, new, terms)
            return
        for spot in textual.members_and_texts(*spelled, terms):
            yield replace(spot, aspect=Aspect.TYPE, old=kind_words(old), new=kind_words(new))
        return
    kinds = {old.kind, new.kind}
    if kinds <= set(NUMBERS) or (len(kinds) == 1 and old.kind in (*MOMENTS, "size")):
        yield from numeric.differences(old, new, terms.domain)
    elif kinds == {"str"}:
        yield from textual.texts(old, new, terms)
    elif len(kinds) == 1 and old.kind in ("members", "numbered") and old.checks == new.checks:
        yield from textual.members(old, new, terms)
    elif kinds == {"members", "str"} and not old.checks and not new.checks:
        yield from textual.members_and_texts(old, new, terms)
    elif kinds <= set(SERIES):
        yield from containers.series(old, new, terms, spots)
    elif len(kinds) == 1 and old.kind in _CONTAINERS:
        yield from _CONTAINERS[old.kind](old, new, terms, spots)
    elif len(kinds) == 1 and old.kind in fixed_formats.FORMATS:
        yield from fixed_formats.differences(old, new)
    else:
        yield from _of_two_kinds(old, new, terms)


_FLAGS = ("0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes")


def _spelled_out(shape: Shape) -> Shape:
    """A flag as it occurs in texts: a closed set of words, in any case."""
    if shape.kind != "bool" or shape.options.get("strict") or shape.checks:
        return shape
    cases = (product(*(dict.fromkeys((char, char.upper())) for char in word)) for word in _FLAGS)
    return Shape("members", {"values": tuple("".join(each) for every in cases for each in every)})


_CONTAINERS = {"tuple": containers.tuples, "dict": containers.mappings, "section": containers.sections}


def _of_two_kinds(old: Shape, new: Shape, terms: Terms) -> Iterator[Spot]:
    forward, rollback = _inclusion(old, new, terms), _inclusion(new, old, terms)
    values = [*boundaries(old, terms.domain), *boundaries(new, terms.domain)]
    values += [
        text
        for each in (old, new)
        for text in textual.written_otherwise(each, [value for value in values if isinstance(value, str)])
    ]
    everything = [
        textual.members_of(each, terms.domain) if each.kind == "members" and not each.checks else None
        for each in (old, new)
    ]
    closed = "members" in (old.kind, new.kind) or "numbered" in (old.kind, new.kind)
    aspect = Aspect.ENUM_PRESENCE if closed and old.kind != "bool" and new.kind != "bool" else Aspect.TYPE
    yield Spot(
        aspect,
        _words(old, aspect, terms),
        _words(new, aspect, terms),
        forward,
        rollback,
        values,
        all_forward=everything[0],
        all_rollback=everything[1],
    )


def _words(shape: Shape, aspect: Aspect, terms: Terms) -> str:
    """The members of a closed set, if the aspect is one whose members are masked for a hidden variable."""
    if aspect is Aspect.ENUM_PRESENCE and shape.kind == "members":
        return f"one of {textual.member_words(textual.members_of(shape, terms.domain))}"
    return kind_words(shape)


def _inclusion(inner: Shape, outer: Shape, terms: Terms) -> str | None:
    if inner.kind == "tuple" and outer.kind in SERIES:
        return containers.tuple_within_series(inner, outer, terms, spots)
    if inner.kind == "section" and outer.kind == "dict":
        return containers.section_within_mapping(inner, outer)
    if terms.domain is Domain.TEXT and _takes_any_items(outer):
        return None
    if "delimiter" in outer.options and inner.kind in _WITHOUT_PUNCTUATION and terms.domain is Domain.TEXT:
        return _as_one_item(inner, outer, terms)
    if terms.domain is Domain.TEXT and textual.all_fit([inner], outer, terms.until):
        return None
    return inclusion_of_kinds(inner, outer, terms.domain)


def _takes_any_items(outer: Shape) -> bool:
    """Whether any text is a list of items with a delimiter between them."""
    return "delimiter" in outer.options and takes_any_items(outer)


_WITHOUT_PUNCTUATION = ("bool", "int", "numbered")  # except for + - _ and .


def _as_one_item(inner: Shape, outer: Shape, terms: Terms) -> str | None:
    """A single value, where several may be written with a delimiter between them."""
    low, high = counts_of(outer)
    apart = not set(outer.options["delimiter"]) <= set("0123456789+-_. ") and not outer.options["delimiter"].isalnum()
    if not apart or low > 1 or high == 0 or outer.checks:
        return inclusion_of_kinds(inner, outer, terms.domain)
    return unproven(inner, outer.parts["[]"], terms)


def type_words(shapes: Sequence[Shape]) -> str:
    return " or ".join(dict.fromkeys(kind_words(shape) for shape in shapes if shape.kind != "none")) or "null"
