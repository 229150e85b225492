"""Values inside a lowered schema that JSON can't hold, and their places.

A contract is JSON, but `SchemaValidator` takes some values that are not: a Decimal bound, an enum class, a function.
While lowering, such a value is a `Special`. In the contract its place holds null, and `hydrate` lists [pointer, kind,
data], so that boot restores the values without walking the tree.
"""

from __future__ import annotations

import datetime
import decimal
import math
import re
from typing import Any

from confcontract.author.remarks import REMARKS


class NotBakeable(ValueError):
    """A value that has no form as data. The message names its type, never the value."""


class Special:
    def __init__(self, kind: str, data: Any) -> None:
        self.kind = kind
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Special) and (self.kind, self.data) == (other.kind, other.data)

    __hash__ = None  # type: ignore[assignment]  # its data may be a list


def member_of(choice: Any) -> Any:
    """The node of a union member, which may have a label beside it."""
    return choice.data[0] if isinstance(choice, Special) else choice


def encode(value: Any) -> Any:
    """The value itself if JSON can hold it, else a Special.

    Raises NotBakeable for a value that has no form as data.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else Special("int", str(value))
    if isinstance(value, float):
        return value if math.isfinite(value) else Special("float", str(value))
    if isinstance(value, decimal.Decimal):
        return Special("decimal", str(value))
    if isinstance(value, datetime.timedelta):
        return Special("timedelta", [value.days, value.seconds, value.microseconds])
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return Special(type(value).__name__, value.isoformat())
    if isinstance(value, re.Pattern):
        return Special("pattern", [value.pattern, value.flags & ~re.UNICODE])
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    raise NotBakeable(f"a value of type {type(value).__qualname__}")


def extract(tree: Any) -> tuple[Any, list[list[Any]]]:
    """Split a lowered tree into JSON data and the list of values that boot must restore.

    Inner specials come first, so that a value is complete before an outer one that contains it is restored.
    """
    found: list[list[Any]] = []

    def walk(node: Any, pointer: list[str | int]) -> Any:
        if isinstance(node, Special):
            data = node.data
            if node.kind in ("pair", "map"):
                # these hold schemas: pointers to inner specials go through this data
                data = walk(data, pointer)
                found.append([pointer, node.kind])
                return data
            found.append([pointer, node.kind, data])
            return None
        if isinstance(node, dict):
            return {key: walk(value, [*pointer, key]) for key, value in node.items() if key != REMARKS}
        if isinstance(node, (list, tuple)):
            return [walk(value, [*pointer, index]) for index, value in enumerate(node)]
        return node

    return walk(tree, []), found
