"""Values at the edges of what a shape accepts: just inside and just outside."""

from __future__ import annotations

from confcontract.compare.accepted.automaton import time_limit
from confcontract.compare.accepted.ranges import MOMENTS, NUMBERS, NotOrdered, near, range_of
from confcontract.compare.accepted.samples import SERIES, likely
from confcontract.compare.accepted.spot import Domain
from confcontract.compare.accepted.textual import sample_texts
from confcontract.compare.keys_in_files import key_in_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.compare.accepted.shape import Shape

_SECONDS = 0.2  # for examples of one pattern
# Values that distinguish the kinds.
_TELLING = (
    *("", "a", " ", "0", "1", "-1", "7", "1.5", "true", "on", "null", "None", "[]", "{}", '""', "[1]", "a,b", "1_000"),
    *("01", " 1", "+1", "1.0", "1e3", "inf", "nan", "2020-01-01", "2020-01-01T10:00:00Z", "12:30", "12:30:00", "P1D"),
    *("00:30:00", "86400", "1KiB", "12345678-1234-5678-1234-567812345678", "http://a.b/c", "postgres://u@h/d"),
    *("postgres://u@h,i/d", "redis://h:1/0", "10.0.0.1", "10.0.0.0/8", "::1", "/a/b", "(", "é", "a b", "A", "aa" * 40),
    *("12:30Z", "12:30:00.123456", "00:30:00.000001", "-86400", "a2345678-1234-1234-1234-123456781234"),
    *("10.0.0.1/8", "postgres://u@h:1,i:2/d"),
    *("1__0", "_1", "9" * 310, '"a"', "TRUE", "y"),
)
_TELLING_JSON: tuple[Any, ...] = (None, True, False, 0, 1, -1, 1.5, 10**20, [], [1], ["a"], {}, {"a": 1}, {"a": "b"})


def telling(domain: Domain) -> list[Any]:
    return [*_TELLING, *(_TELLING_JSON if domain is Domain.JSON else ())]


def boundaries(shape: Shape, domain: Domain) -> list[Any]:
    """Values to be tried; the validators decide whether they are accepted."""
    values: list[Any] = [*telling(domain)]
    if shape.kind in NUMBERS or shape.kind in MOMENTS:
        try:
            limits = range_of(shape, whole=shape.kind == "int")
            values += [text for limit in (limits.low, limits.high) for text in near(limit, whole=shape.kind == "int")]
        except NotOrdered:
            pass
    elif shape.kind == "str":
        values += sample_texts(shape, time_limit(_SECONDS))
    elif shape.kind in ("members", "numbered"):
        values += [text for each in shape.options["values"] for text in _spellings(each, domain)]
    elif shape.kind in (*SERIES, "tuple", "dict", "section"):
        values += _of_containers(shape)
        if "delimiter" in shape.options:
            values += _delimited(shape)
    else:
        values += likely(shape)
    return values


def _spellings(member: Any, domain: Domain) -> list[Any]:
    if isinstance(member, str):
        return [member, member.upper(), member.lower(), member.title(), f" {member}", f"{member} ", member[:-1]]
    return [str(member), f"+{member}", f"0{member}", *((member,) if domain is Domain.JSON else ())]


def _delimited(shape: Shape) -> list[Any]:
    """Items as they are written in a text."""
    items = [each for part in shape.parts["[]"] for each in boundaries(part, Domain.TEXT)]
    written = [str(each) for each in items if len(str(each)) < 1000]
    delimiter = shape.options["delimiter"]
    return [*written, *(delimiter.join(written[k : k + n]) for n in (2, 3) for k in range(0, len(written) - n, n))]


def _of_containers(shape: Shape) -> list[Any]:
    """Containers with boundary values as their items."""
    found: list[Any] = [*likely(shape)]
    if shape.kind in SERIES:
        found += [[each] for part in shape.parts["[]"] for each in boundaries(part, Domain.JSON)]
    elif shape.kind == "dict":
        found += [{"a": each} for part in shape.parts["{}"] for each in boundaries(part, Domain.JSON)]
        keys = (each for part in shape.parts["keys"] for each in boundaries(part, Domain.TEXT))
        found += [{each: 1} for each in keys if isinstance(each, str)]
    elif shape.kind == "section":
        whole = found[0] if found else {}
        for name, alternatives in shape.parts.items():
            key = key_in_data(shape.options["keys"][name], name)
            found += [{**whole, key: each} for part in alternatives for each in boundaries(part, Domain.JSON)]
    elif shape.kind == "tuple":
        whole = found[0]
        for index, alternatives in enumerate(shape.parts.values()):
            found += [
                [*whole[:index], each, *whole[index + 1 :]]
                for part in alternatives
                for each in boundaries(part, Domain.JSON)
            ]
    return found
