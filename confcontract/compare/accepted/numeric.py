"""Compare numbers, and moments in time: kind, range, steps and digits."""

from __future__ import annotations

from fractions import Fraction

from confcontract.compare.accepted.difference import Aspect
from confcontract.compare.accepted.kinds import DIFFERENT_KINDS, included, kind_words, whole_digits
from confcontract.compare.accepted.ranges import (
    NUMBERS,
    Limit,
    NotOrdered,
    Range,
    between,
    exact_as_float,
    near,
    ordered,
    range_of,
    within,
)
from confcontract.compare.accepted.spot import Domain, Spot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from confcontract.compare.accepted.shape import Shape

_LIMITS = ("ge", "gt", "le", "lt")
_OF_NUMBERS = ("allow_inf_nan", "multiple_of", "max_digits", "decimal_places", "strict")
_HUGE = ("9" * 310, "-" + "9" * 310, "9" * 4301, "1" + "0" * 309, "-1" + "0" * 309)
_ODD = ["1.5", "1e3", "inf", "-inf", "nan", "1__0", "_1", ".5", "1.", "1e-" + "9" * 20, *_HUGE]
_ORDINARY = ("0", "1", "-1", "1000", "-1000")
_ODD_JSON: list[Any] = [True, 1, 1.5, *_ODD, float("inf"), float("nan")]


def differences(old: Shape, new: Shape, domain: Domain) -> Iterator[Spot]:
    whole = not {"int", "size"}.isdisjoint((old.kind, new.kind))
    try:
        ranges = range_of(old, whole=whole), range_of(new, whole=whole)
        values = _Tried(ranges, domain, whole)
        yield from _kinds(old, new, domain, ranges, values)
        yield from _limits(old, new, ranges, values)
    except NotOrdered:
        why = "their limits can't be compared"
        yield Spot(Aspect.RANGE, str(old.options), str(new.options), why, why)
        return
    yield from _options(old, new, ranges, values)


class _Tried:
    """The values to try for two kinds of numbers. They are made on demand, because the first ones are often enough."""

    def __init__(self, ranges: tuple[Range, Range], domain: Domain, whole: bool) -> None:
        """Raises NotOrdered."""
        self._ranges, self._domain, self._whole = ranges, domain, whole
        self._limits = [limit for each in ranges for limit in (each.low, each.high)]
        for limit in self._limits:
            if limit.value is not None and type(limit.value) is not int:
                ordered(limit.value)

    def __iter__(self) -> Iterator[Any]:
        edges: list[str] = []
        for text in self._edges(edges):
            edges.append(text)
            yield text
        yield from _as_json(edges) if self._domain is Domain.JSON else ()
        yield from ("0", "1", "-1", "1000", "-1000")

    def _edges(self, before: Sequence[str]) -> Iterator[str]:
        """before: the values so far."""
        for limit in self._limits:
            yield from near(limit, whole=self._whole)
        for each in self._ranges:
            yield from between(each)
        yield from [f"_{text}" for text in before[:8]]  # a decimal number skips these at any position
        for limit in self._limits:
            yield from _just_beside(limit)


def _just_beside(limit: Limit) -> list[str]:
    """Closer to a limit than a float can be."""
    if limit.value is None or not isinstance(ordered(limit.value), Fraction):
        return []
    whole = int(ordered(limit.value))
    return [f"{whole}.{'0' * 30}1", f"-{abs(whole)}.{'0' * 400}1", f"{whole - 1}.{'9' * 40}"]


def _kinds(
    old: Shape, new: Shape, domain: Domain, ranges: tuple[Range, Range], values: Iterable[Any]
) -> Iterator[Spot]:
    if old.kind == new.kind:
        return
    odd = _ODD_JSON if domain is Domain.JSON else _ODD
    forward = _kind_included(old, new, domain, ranges[0])
    rollback = _kind_included(new, old, domain, ranges[1])
    yield Spot(Aspect.TYPE, kind_words(old), kind_words(new), forward, rollback, [*values, *odd])


def _kind_included(inner: Shape, outer: Shape, domain: Domain, limits: Range) -> str | None:
    if inner.options.get("strict") or outer.options.get("strict"):
        return "one of them is strict"
    if not included(inner.kind, outer.kind, domain):
        return DIFFERENT_KINDS
    if outer.kind == "float" and not (exact_as_float(limits.low) and exact_as_float(limits.high)):
        return "a number can't hold every integer of this range"
    if outer.kind == "float" and not _infinite(outer, limits) and None in (limits.low.value, limits.high.value):
        return "an integer may be too large for a finite number"
    return None


def _limits(old: Shape, new: Shape, ranges: tuple[Range, Range], values: Iterable[Any]) -> Iterator[Spot]:
    a, b = ranges
    for mine, other, lower in ((a.low, b.low, True), (a.high, b.high, False)):
        forward = _within(old, mine, new, other, lower)
        rollback = _within(new, other, old, mine, lower)
        if forward is not None or rollback is not None:
            yield Spot(Aspect.RANGE, a.words(), b.words(), forward, rollback, values)


def _within(inner: Shape, mine: Limit, outer: Shape, other: Limit, lower: bool) -> str | None:
    if not within(mine, other, lower=lower):
        return "the limits differ, but no example text was found"
    if outer.kind == "float" and inner.kind != "float" and not (exact_as_float(mine) and exact_as_float(other)):
        return "a number can't hold every integer of this range"
    if outer.kind == "float" and inner.kind == "decimal" and not other.closed:
        return "a decimal number close to the limit may be rounded to it"
    return None


def _options(old: Shape, new: Shape, ranges: tuple[Range, Range], values: Iterable[Any]) -> Iterator[Spot]:
    if old.kind in NUMBERS:
        yield from _steps(old, new, ranges, values)
        if old.kind == new.kind:
            yield from _infinity(old, new, ranges)
        yield from _digits(old, new, ranges, values)
    known = (*_LIMITS, *_OF_NUMBERS)
    others = [{k: v for k, v in each.options.items() if k not in known} for each in (old, new)]
    checks = [[c for c in each.checks if not (c[0] == "bound" and c[1][0] in _LIMITS)] for each in (old, new)]
    strict = [bool(each.options.get("strict")) for each in (old, new)]
    if others[0] != others[1] or checks[0] != checks[1] or strict[0] != strict[1]:
        why = "options of the type differ, with unknown effect"
        one, other = ({**each, "strict": is_strict} for each, is_strict in zip(others, strict, strict=True))
        words = _said(one, other, checks[0]), _said(other, one, checks[1])
        yield Spot(Aspect.TYPE, *words, why, why, [*values, *_ODD_JSON])


def _said(options: dict[str, Any], others: dict[str, Any], checks: list[Any]) -> str:
    """The words for one side. others: of the other side; facts that both share are left out."""
    told = {key: value for key, value in sorted(options.items()) if others.get(key) != value and value is not False}
    said = [*(key if value is True else f"{key} {value}" for key, value in told.items()), *(each[0] for each in checks)]
    return ", ".join(said) or "no further options"


def _steps(old: Shape, new: Shape, ranges: tuple[Range, Range], values: Iterable[Any]) -> Iterator[Spot]:
    a, b = old.options.get("multiple_of"), new.options.get("multiple_of")
    if a == b:
        return
    tried = [*values, *_HUGE, *(str(step * factor) for step in (a, b) if step is not None for factor in (1, 2, 3, 7))]
    forward, rollback = _multiple(old, ranges[0], new), _multiple(new, ranges[1], old)
    yield Spot(Aspect.RANGE, _steps_words(a), _steps_words(b), forward, rollback, tried)


def _multiple(inner: Shape, limits: Range, outer: Shape) -> str | None:
    mine, other = inner.options.get("multiple_of"), outer.options.get("multiple_of")
    if other is None:
        return None
    of = mine if mine is not None else 1 if inner.kind == "int" else None
    divides = inner.kind in ("int", "decimal") and of is not None and _divides(ordered(of), ordered(other))
    finite = outer.kind != "float" or None not in (limits.low.value, limits.high.value)
    return None if divides and finite else "multiples of different steps"


def _divides(mine: Fraction, other: Fraction) -> bool:
    """Whether all multiples of one step are multiples of the other. Integers and powers of one half are exact steps,
    however large the number.
    """
    of_halves = other.numerator == 1 and other.denominator & (other.denominator - 1) == 0
    return mine % other == 0 and (of_halves or mine.denominator == other.denominator == 1)


def _steps_words(step: Any) -> str:
    return "any step" if step is None else f"multiples of {step}"


def _infinity(old: Shape, new: Shape, ranges: tuple[Range, Range]) -> Iterator[Spot]:
    a, b = _infinite(old, ranges[0]), _infinite(new, ranges[1])
    if a == b:
        return
    tried = ["inf", "-inf", "nan", "9" * 310, "-" + "9" * 310, float("inf"), float("-inf"), float("nan")]
    words = {True: "infinity and NaN are accepted", False: "finite numbers only"}
    why = "infinity is accepted on one side only"
    yield Spot(Aspect.RANGE, words[a], words[b], why if a else None, why if b else None, tried)


def _infinite(shape: Shape, limits: Range) -> bool:
    allowed = shape.kind == "float" and shape.options.get("allow_inf_nan", True)
    allowed = allowed or (shape.kind == "decimal" and shape.options.get("allow_inf_nan", False))
    return bool(allowed) and (limits.low.value is None or limits.high.value is None)


_MOST_DIGITS = 10**6


def _digits(old: Shape, new: Shape, ranges: tuple[Range, Range], values: Iterable[Any]) -> Iterator[Spot]:
    a, b = ([each.options.get(key) for key in ("max_digits", "decimal_places")] for each in (old, new))
    if a == b:
        return
    tried = [*values, *(text for count in (*a, *b) if count is not None for text in _of_digits(count))]
    forward, rollback = _digits_within(old, ranges[0], new), _digits_within(new, ranges[1], old)
    yield Spot(Aspect.RANGE, _digits_words(*a), _digits_words(*b), forward, rollback, tried)


def _digits_within(inner: Shape, limits: Range, outer: Shape) -> str | None:
    """An integer has only zeros after its point, and these are not counted."""
    before = whole_digits(outer, _MOST_DIGITS)
    if before == _MOST_DIGITS and outer.options.get("decimal_places") is None:
        return None
    if inner.kind == "int":
        ends = limits.low.value, limits.high.value
        fits = before == _MOST_DIGITS or all(end is not None and abs(end) < 10**before for end in ends)
    elif inner.kind == "decimal":
        mine, others = ([each.options.get(key) for key in ("max_digits", "decimal_places")] for each in (inner, outer))
        fits = whole_digits(inner, _MOST_DIGITS) <= before
        pairs = zip(mine, others, strict=True)
        fits &= all(other is None or (own is not None and own <= other) for own, other in pairs)
    else:
        fits = False
    return None if fits else "the digits differ, but no example text was found"


def _of_digits(count: int) -> list[str]:
    return [text for n in (max(count - 1, 1), count, count + 1) for text in ("1" * n, "0." + "1" * n, "1." + "1" * n)]


def _digits_words(digits: int | None, places: int | None) -> str:
    said = [f"at most {digits} digits"] if digits is not None else []
    said += [f"at most {places} decimal places"] if places is not None else []
    return ", ".join(said) or "any number of digits"


def _as_json(texts: list[str]) -> list[Any]:
    found: list[Any] = []
    for text in texts:
        try:
            found.append(int(text))
        except ValueError:
            try:
                found.append(float(text))
            except ValueError:
                continue
    return found
