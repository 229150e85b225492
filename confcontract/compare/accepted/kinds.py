"""Which kinds of values accept everything that another kind accepts, without limits. Tests check this against
pydantic_core.
"""

from __future__ import annotations

from confcontract.compare.accepted.ranges import Limit, ordered, range_of, within
from confcontract.compare.accepted.samples import SERIES
from confcontract.compare.accepted.spot import Domain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.compare.accepted.shape import Shape

_WORDS = {
    "any": "anything",
    "none": "null",
    "bool": "true or false",
    "int": "integer",
    "float": "number",
    "decimal": "decimal number",
    "str": "text",
    "timedelta": "duration",
    "datetime": "date and time",
    "uuid": "UUID",
    "url": "URL",
    "multi-host-url": "URL of several hosts",
    "ip": "IP address or network",
    "members": "one of some values",
    "numbered": "one of some numbers",
    "section": "section",
    "list": "list",
    "dict": "mapping",
    "size": "size",
    "other": "value of another kind",
}

# (inner, outer) → the domains in which the outer one accepts everything that the inner does, without other limits.
_INCLUDED = {
    ("int", "float"): (Domain.TEXT, Domain.JSON),
    ("int", "decimal"): (Domain.TEXT,),  # of JSON's values, a decimal refuses true
    ("date", "datetime"): (Domain.TEXT, Domain.JSON),
}

# Kinds for which no blank text is valid.
_KINDS_OF_TEXT = ("bool", "int", "float", "decimal", "date", "time", "datetime", "timedelta", "uuid", "url") + (
    "multi-host-url",
    "numbered",
    "size",
    "ip",
)

DIFFERENT_KINDS = "the types read texts by different rules"


def inclusion_of_kinds(inner: Shape, outer: Shape, domain: Domain) -> str | None:
    """None if the outer shape accepts everything that the inner one accepts; else why that is not proven."""
    if outer.kind == "any" and not outer.checks:
        return None
    if outer.kind == "str" and domain is Domain.TEXT and inner.kind in _KINDS_OF_TEXT and not _limits(outer):
        return None
    if domain is Domain.TEXT and takes_any_text(outer):
        return None
    if inner.kind == outer.kind == "ip" and _ip_within(inner, outer):
        return None
    if outer.kind == "size" and domain is Domain.TEXT and _sizes(inner, outer):
        return None
    if inner.kind == "numbered" and _numbers_within(inner, outer, domain):
        return None
    if included(inner.kind, outer.kind, domain) and not _limiting(outer):
        return None
    return DIFFERENT_KINDS


def _limiting(shape: Shape) -> bool:
    options = {
        key: value for key, value in shape.options.items() if (key, value) != ("microseconds_precision", "truncate")
    }
    return any(options.values()) or bool(shape.checks)


def _ip_within(inner: Shape, outer: Shape) -> bool:
    versions = outer.options["version"] in (0, inner.options["version"])
    words = inner.options["word"], outer.options["word"]
    wider = words[0] == words[1] or words[1] == "interface" or words == ("address", "network")
    return versions and wider and not outer.checks


def _sizes(inner: Shape, outer: Shape) -> bool:
    """Integers, none of them negative, as numbers of bytes."""
    if inner.kind not in ("int", "numbered") or inner.options.get("strict"):
        return False
    if inner.kind == "numbered":
        lowest, highest = Limit(min(inner.options["values"])), Limit(max(inner.options["values"]))
    else:
        mine = range_of(inner, whole=True)
        lowest, highest = mine.low, mine.high
    limits = range_of(outer, whole=True)
    others = [check for check in outer.checks if check[0] != "bound" or check[1][0] == "multiple_of"]
    positive = within(lowest, Limit(0), lower=True)
    return (
        positive and not others and within(lowest, limits.low, lower=True) and within(highest, limits.high, lower=False)
    )


def _numbers_within(inner: Shape, outer: Shape, domain: Domain) -> bool:
    """The members of an enum of integers, as numbers. Their texts are parsed like integers."""
    if not included("int", outer.kind, domain) or outer.checks or outer.options.get("strict"):
        return False
    if set(outer.options) - {"ge", "gt", "le", "lt", "multiple_of", "strict", "allow_inf_nan", *_DIGITS}:
        return False
    limits, step = range_of(outer, whole=True), outer.options.get("multiple_of")
    return all(
        within(Limit(value), limits.low, lower=True)
        and within(Limit(value), limits.high, lower=False)
        and abs(value) < 10 ** whole_digits(outer, 400)
        and (step is None or ordered(value) % ordered(step) == 0)
        for value in inner.options["values"]
    )


_DIGITS = ("max_digits", "decimal_places")


def whole_digits(shape: Shape, most: int) -> int:
    """How many digits a decimal number may have before its point."""
    digits = shape.options.get("max_digits")
    return most if digits is None else int(digits) - int(shape.options.get("decimal_places") or 0)


def takes_any_text(shape: Shape) -> bool:
    """Whether it accepts any text, including the empty one."""
    return shape.kind == "str" and not _limits(shape) and not shape.options.get("min_length")


def takes_any_items(shape: Shape) -> bool:
    """Whether a series accepts any number of any texts."""
    limited = shape.options.get("min_length") or shape.options.get("max_length") is not None or shape.checks
    return shape.kind in SERIES and not limited and any(map(takes_any_text, shape.parts["[]"]))


def _limits(text: Shape) -> bool:
    """Whether it refuses some text that is not blank."""
    options = text.options
    limited = "pattern" in options or "max_length" in options or options.get("min_length", 0) > 1
    return limited or bool(text.checks or options.get("strict"))


def included(inner: str, outer: str, domain: Domain) -> bool:
    return inner == outer or domain in _INCLUDED.get((inner, outer), ())


def kind_words(shape: Shape) -> str:
    return _WORDS.get(shape.kind, shape.kind)
