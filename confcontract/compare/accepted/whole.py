"""Two sides of a variable as a whole: how the text is decoded, and what is decided before that."""

from __future__ import annotations

import enum
import json
from dataclasses import replace

from confcontract.compare.accepted.boundaries import boundaries
from confcontract.compare.accepted.difference import Aspect
from confcontract.compare.accepted.kinds import takes_any_items, takes_any_text
from confcontract.compare.accepted.samples import SERIES
from confcontract.compare.accepted.spot import Domain, Spot, Terms
from confcontract.compare.accepted.spots import spots, type_words
from confcontract.compare.accepted.textual import all_fit, written_otherwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.compare.accepted.shape import Shape
    from confcontract.compare.accepted.side import Side


class Decoding(enum.Enum):
    """How a text is processed before it is validated."""

    PLAIN = "the text as it is"
    JSON = "JSON"
    LENIENT = "JSON, or else the text as it is"


_NO_TEXT = (*SERIES, "tuple", "dict", "section", "none")
_BY_HAND = "the class is strict: its texts are converted before they are validated"


def decoding_of(side: Side) -> Decoding:
    found = {_of_node({} if index is None else side.plan.compiled["nodes"][index]) for _, index in side.decoding}
    if len(found) == 1:
        return found.pop()
    return Decoding.JSON if side.variable["encoding"] == "json" else Decoding.PLAIN


def _of_node(node: Mapping[str, Any]) -> Decoding:
    if not node.get("complex") or node.get("raw"):
        return Decoding.PLAIN
    return Decoding.LENIENT if node.get("lenient") else Decoding.JSON


def domain_of(*decodings: Decoding) -> Domain:
    return Domain.TEXT if all(each is Decoding.PLAIN for each in decodings) else Domain.JSON


def whole_spots(
    old: Side, new: Side, shapes: tuple[Sequence[Shape], Sequence[Shape]], seconds: float
) -> Iterator[Spot]:
    """Where two sides differ: first the parts of their texts, then what is decided before a text is decoded.

    seconds: time limit for deciding patterns.
    """
    decodings = _in_effect(decoding_of(old), shapes[0]), _in_effect(decoding_of(new), shapes[1])
    terms = Terms(domain_of(*decodings), seconds)
    if len(old.path) == len(new.path) == 1:  # null, decoded, counts as not set
        shapes = _without_none(shapes[0]), _without_none(shapes[1])
    declared = shapes
    shapes = _reached(decodings[0], shapes[0]), _reached(decodings[1], shapes[1])
    found = spots(*shapes, terms)
    if decodings[0] is not decodings[1]:
        found = list(_decoded_otherwise(decodings, shapes, found, terms))
        if [] in shapes:
            found = [_never_read(each, decodings, declared, shapes) for each in found]
    strict = any(_coerces(side) for side in (old, new))
    for each in found:
        yield _unproven(each, _BY_HAND) if strict else each
    yield from _delimiters(shapes)
    yield from _before_decoding(old, new)


def _in_effect(decoding: Decoding, shapes: Sequence[Shape]) -> Decoding:
    """If no text is accepted, text that can't be decoded is refused."""
    if decoding is Decoding.LENIENT and all(each.kind in _NO_TEXT and not _delimiter([each]) for each in shapes):
        return Decoding.JSON
    return decoding


def _without_none(shapes: Sequence[Shape]) -> Sequence[Shape]:
    return [shape for shape in shapes if shape.kind != "none"]


def _reached(decoding: Decoding, shapes: Sequence[Shape]) -> Sequence[Shape]:
    """Without shapes that no text can become, if nothing is decoded."""
    if decoding is not Decoding.PLAIN:
        return shapes
    return [each for each in shapes if each.kind not in _NO_TEXT or "delimiter" in each.options]


def _coerces(side: Side) -> bool:
    return any(index is not None and "coerce" in side.plan.compiled["nodes"][index] for _, index in side.decoding)


def _unproven(spot: Spot, why: str) -> Spot:
    return replace(spot, forward=spot.forward or why, rollback=spot.rollback or why)


def _decoded_otherwise(
    decodings: tuple[Decoding, Decoding],
    shapes: tuple[Sequence[Shape], Sequence[Shape]],
    found: list[Spot],
    terms: Terms,
) -> Iterator[Spot]:
    """found: the differences in the decoded values."""
    kinds = [{each.kind for each in side} for side in shapes]
    values = [value for side in shapes for shape in side for value in boundaries(shape, terms.domain)]
    why = f"on one side the text is {decodings[0].value}, on the other {decodings[1].value}"

    def undecided(inner: int, outer: int, parts: list[str | None]) -> str | None:
        plain = decodings[outer] is Decoding.PLAIN
        if plain and any(all_fit(shapes[inner], each, terms.until) for each in shapes[outer]):
            return None
        if not shapes[inner] or _takes_whatever(decodings[outer], shapes[outer]):
            return None
        if plain and all(each.kind in ("dict", "section") for each in shapes[inner]):
            return None if any(map(takes_any_items, shapes[outer])) else why  # a JSON object is one item
        holds = not any(parts) and _decodes_more(decodings[outer], decodings[inner], shapes[outer])
        return None if holds else why

    forward = undecided(0, 1, [each.forward for each in found])
    rollback = undecided(1, 0, [each.rollback for each in found])
    aspect, words = Aspect.TYPE, [type_words(side) for side in shapes]
    if all(kind & {*SERIES, "tuple"} for kind in kinds) or kinds[0] == kinds[1]:
        aspect, words = Aspect.ENCODING, [_encoding_words(*each) for each in zip(decodings, shapes, strict=True)]
    tried = ["a,b", "1,2", "[1]", '["a"]', "null", *values]
    written = [json.dumps(value) for value in values if not isinstance(value, str)]
    tried += [text for side in shapes for shape in side for text in written_otherwise(shape, written)]
    yield Spot(aspect, *_two(words), forward, rollback, tried, meaning=aspect is Aspect.ENCODING)


def _never_read(
    spot: Spot,
    decodings: tuple[Decoding, Decoding],
    declared: tuple[Sequence[Shape], Sequence[Shape]],
    shapes: tuple[Sequence[Shape], Sequence[Shape]],
) -> Spot:
    """For a side that no text fits, such as a list that is not decoded. declared: including what no text can reach."""
    words = [type_words(each) for each in declared]
    if words[0] != words[1]:
        return replace(spot, old=words[0], new=words[1])
    read = [
        f"{said}, written as {_encoding_words(decoding, reached)}" if reached else f"{said}, which no text is read as"
        for said, decoding, reached in zip(words, decodings, shapes, strict=True)
    ]
    return replace(spot, aspect=Aspect.ENCODING, old=read[0], new=read[1])


def _takes_whatever(decoding: Decoding, shapes: Sequence[Shape]) -> bool:
    return decoding is Decoding.PLAIN and any(map(takes_any_text, shapes))


def takes_every_text(side: Side, shapes: Sequence[Shape]) -> bool:
    """Whether it is proven that the variable accepts any value. shapes: its alternatives."""
    whatever = any(each.kind == "any" and not each.checks for each in shapes)
    decoding = decoding_of(side)
    return not _coerces(side) and (_takes_whatever(decoding, shapes) or (decoding is Decoding.PLAIN and whatever))


def _decodes_more(outer: Decoding, inner: Decoding, shapes: Sequence[Shape]) -> bool:
    """Whether the outer side, with these shapes, decodes each text that the inner one decodes, and to the same data."""
    if (outer, inner) == (Decoding.LENIENT, Decoding.JSON):
        return True
    if (outer, inner) != (Decoding.PLAIN, Decoding.JSON):
        return False
    # items with a delimiter between them may be a JSON array; null would be one item, where it counted as not set
    return all(_delimiter([each]) for each in shapes) and any(map(takes_any_items, shapes))


def _encoding_words(decoding: Decoding, shapes: Sequence[Shape]) -> str:
    delimiter = _delimiter(shapes)
    return decoding.value if delimiter is None else f"items with {delimiter!r} between them"


def _delimiter(shapes: Sequence[Shape]) -> str | None:
    return next((shape.options["delimiter"] for shape in shapes if "delimiter" in shape.options), None)


def _delimiters(shapes: tuple[Sequence[Shape], Sequence[Shape]]) -> Iterator[Spot]:
    a, b = map(_delimiter, shapes)
    if a is None or b is None or a == b:
        return
    values = [f"{x}{each}{y}" for x, y in (("a", "b"), ("1", "2"), ("true", "false")) for each in (a, b)]
    values += [value for side in shapes for shape in side for value in boundaries(shape, Domain.TEXT)]
    free = [any(map(takes_any_items, side)) for side in shapes]
    why = "the separator between items differs"
    words = [f"items with {each!r} between them" for each in (a, b)]
    forward, rollback = None if free[1] else why, None if free[0] else why
    yield Spot(Aspect.ENCODING, *_two(words), forward, rollback, values, meaning=True)


def _before_decoding(old: Side, new: Side) -> Iterator[Spot]:
    if _is_plain(old) and _is_plain(new) and old.decoding[0][0]["ignoreEmpty"] == new.decoding[0][0]["ignoreEmpty"]:
        return
    keys = ("ignoreEmpty", "noneStr")
    flags = [{key: [program[key] for program, _ in side.decoding] for key in keys} for side in (old, new)]
    if flags[0]["ignoreEmpty"] != flags[1]["ignoreEmpty"]:
        words = ["counts as not set" if any(each["ignoreEmpty"]) else "counts as a value" for each in flags]
        words = [f"the empty text {each}" for each in words]
        yield replace(
            _enumerated(Aspect.EMPTY, words, [""], "if it is not set, another name or source counts"),
            meaning=True,
        )
    nones = sorted({text for each in flags for text in each["noneStr"] if text is not None})
    if nones:
        words = [", ".join(str(text) for text in each["noneStr"] if text is not None) or "no text" for each in flags]
        words = [f"null is written as {each}" for each in words]
        yield replace(_enumerated(Aspect.TYPE, words, nones, "null is written in another form"), meaning=True)
    names = [_names_of_members(each) for each in (old, new)]
    if names[0] != names[1]:
        words = [", ".join(sorted(each)) or "no names" for each in names]
        yield _enumerated(Aspect.ENUM, words, sorted(names[0] | names[1]), "members have other names")


def _is_plain(side: Side) -> bool:
    """Whether a single table of names leads to it, without a text for null, and its text is not decoded."""
    return [node for _, node in side.decoding] == [None] and side.decoding[0][0]["noneStr"] is None


def _enumerated(aspect: Aspect, words: list[str], texts: list[str], why: str) -> Spot:
    return Spot(aspect, *_two(words), why, why, texts, all_forward=texts, all_rollback=texts)


def _names_of_members(side: Side) -> set[str]:
    found = set()
    for _, index in side.decoding:
        for _, kind, data in side.plan.hydration.get(("nodes", index), ()) if index is not None else ():
            if kind == "enumMembers":
                found |= {name for each in data for name, _ in each["members"]}
    return found


def _two(words: Sequence[str]) -> tuple[str, str]:
    return words[0], words[1]
