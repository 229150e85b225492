"""Numbers that are text in the document, as policies see them.

The document is JSON data, in which a Decimal, a Fraction and a duration are text. JSON Schema ignores text in rules
about numbers, and NaN is not above any maximum. A rule must not be skipped because of that. So such text counts here as
text and also as its number (for a duration: its seconds), and NaN is outside all bounds.
"""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any


class NumberText(str):
    """Text that represents a number."""

    __slots__ = ("number",)
    number: Decimal


def with_numbers(document: Any, values: Any) -> Any:
    """The JSON form of a document, in which text that was a number is a `NumberText`."""
    kind = type(document)
    if isinstance(document, dict) and isinstance(values, dict) and len(document) == len(values):  # 1 and "1" collide
        pairs = zip(document.values(), values.items(), strict=True)
        return {name: with_numbers(item, value) for item, (name, value) in pairs}
    if isinstance(document, (list, tuple, set, frozenset)) and isinstance(values, list):
        return [with_numbers(item, value) for item, value in zip(document, values, strict=True)]
    if isinstance(values, str) and kind is not str:
        number = _number_of(document)
        if number is not None:
            return _text(values, number)
    return values


def with_deferred(values: Any, paths: Iterable[Sequence[str]]) -> Any:
    """The same, but text also counts as the number that it spells if only the application converts it."""
    for path in paths:
        place, inside = values, list(path)
        while inside and isinstance(place, dict) and inside[0] in place:
            name = inside.pop(0)
            if not inside and type(place[name]) is str:
                number = _spelled(place[name])
                if number is not None:
                    place[name] = _text(place[name], number)
            place = place[name]
    return values


def _spelled(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


def _text(text: str, number: Decimal) -> NumberText:
    made = NumberText(text)
    made.number = number
    return made


def _number_of(value: Any) -> Decimal | None:
    import datetime
    import fractions

    if isinstance(value, Decimal):
        return value
    if isinstance(value, datetime.timedelta):
        return Decimal(value // datetime.timedelta(microseconds=1)) / 1_000_000
    if isinstance(value, fractions.Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return None


def aware(draft: Any) -> Any:
    """A jsonschema validator class that supports such text, and NaN."""
    from jsonschema import validators

    extend: Any = validators.extend
    own = {word: _bound(word) for word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")}
    own |= {"multipleOf": _multiple, "const": _const, "enum": _enum}
    checker = draft.TYPE_CHECKER.redefine("number", _or_text(draft, "number", lambda _: True))
    checker = checker.redefine("integer", _or_text(draft, "integer", _is_whole))
    return extend(draft, {word: rule for word, rule in own.items() if word in draft.VALIDATORS}, type_checker=checker)


def _or_text(draft: Any, kind: str, fits: Callable[[Decimal], bool]) -> Callable[[Any, Any], bool]:
    plain = draft.TYPE_CHECKER.is_type

    def check(_: Any, instance: Any) -> bool:
        return fits(instance.number) if isinstance(instance, NumberText) else bool(plain(instance, kind))

    return check


def _is_whole(number: Decimal) -> bool:
    return number.is_finite() and number == number.to_integral_value()


def _exact(value: Any) -> Decimal | None:
    """A number from its notation; None for anything else."""
    if isinstance(value, NumberText):
        return value.number
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda number, limit: number >= limit,
    "maximum": lambda number, limit: number <= limit,
    "exclusiveMinimum": lambda number, limit: number > limit,
    "exclusiveMaximum": lambda number, limit: number < limit,
}


def _bound(word: str) -> Callable[[Any, Any, Any, Any], Iterator[Any]]:
    strict_word = "exclusive" + word.capitalize()  # true in drafts 3 and 4 makes a bound exclusive

    def rule(_: Any, limit: Any, instance: Any, schema: Any) -> Iterator[Any]:
        exact, number = _exact(limit), _exact(instance)
        if exact is None or number is None:
            return
        holds = _HOLDS[strict_word if schema.get(strict_word) is True else word]
        if number.is_nan() or not holds(number, exact):
            yield _error(f"breaks {word}")

    return rule


def _multiple(_: Any, divisor: Any, instance: Any, __: Any) -> Iterator[Any]:
    exact, number = _exact(divisor), _exact(instance)
    if exact is None or number is None:
        return
    try:
        fits = number.is_finite() and not number % exact
    except InvalidOperation:  # more digits than an exact computation allows
        fits = math.isclose(math.remainder(float(number), float(exact)), 0, abs_tol=0)
    if not fits:
        yield _error("is not a multiple")


def _const(_: Any, member: Any, instance: Any, __: Any) -> Iterator[Any]:
    if not _equal(instance, member):
        yield _error("is another value")


def _enum(_: Any, members: Any, instance: Any, __: Any) -> Iterator[Any]:
    if not any(_equal(instance, member) for member in members):
        yield _error("is not one of these")


def _equal(instance: Any, member: Any) -> bool:
    from jsonschema._utils import equal

    if isinstance(instance, NumberText) and not isinstance(member, str):
        exact = _exact(member)
        return exact is not None and instance.number == exact
    if isinstance(instance, dict) and isinstance(member, dict):
        return instance.keys() == member.keys() and all(_equal(item, member[key]) for key, item in instance.items())
    if isinstance(instance, list) and isinstance(member, list):
        return len(instance) == len(member) and all(map(_equal, instance, member))
    return bool(equal(instance, member))


def _error(message: str) -> Any:
    from jsonschema import ValidationError

    return ValidationError(message)
