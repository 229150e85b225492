"""Bounds that pydantic checks in Python, because the type they apply to has no such bound itself.

Examples are `ByteSize` with `ge`, a `Sequence` with `min_length`, and any type before a `Field(...)` that is not plain.
boot makes the same comparison where it holds exactly the value that pydantic compares: a number, a text, a container of
JSON. boot does not make other objects (a path, an address, the result of the application's own validator), so their
bounds are left to the application.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from confcontract.author.introspection import plain_test
from confcontract.author.pydantic_functions import IDENTITY, Replacement, replacement
from confcontract.author.pydantic_private.core_functions import Does, own_function

Json = dict[str, Any]

# The kind of values that a core schema produces. "object": it can't be compared with a number or a text, and has no
# length.
_KINDS = {
    **dict.fromkeys(("int", "float", "bool"), "number"),
    "str": "text",
    "bytes": "bytes",
    **dict.fromkeys(("list", "deque", "set", "frozenset", "tuple", "dict", "ordered-dict", "counter"), "container"),
    **dict.fromkeys(("none", "decimal", "date", "time", "datetime", "timedelta", "uuid", "fraction"), "object"),
}
_ANYTHING = frozenset(("number", "text", "container", "object"))
_SIZED = frozenset(("text", "bytes", "container"))


def bound(schema: Json, function: Any, sources: Mapping[str, Json], alone: bool) -> Replacement | None:
    """What boot may check instead of one of pydantic's bounds; None if only the application can check it.

    alone: validation ends where this fails. In pydantic, a bound that does not suit the value ends the whole
    validation; boot reports it as an ordinary error. Inside a union these two differ.
    """
    own = own_function(function)
    if own is None or own.does not in (Does.COMPARES, Does.LIMITS_LENGTH, Does.REFUSES_INFINITY):
        return None
    word, given = own.word, getattr(function, "keywords", {})
    kinds = _kinds(schema["schema"], sources) if "schema" in schema else None
    if kinds is None:
        return None
    if own.does is Does.LIMITS_LENGTH and (alone or kinds <= _SIZED):
        return Replacement("size", given.get("min_length"), given.get("max_length"), bounds={word: given[word]})
    if own.does is Does.REFUSES_INFINITY and alone:
        return Replacement("finite")
    if own.does is Does.COMPARES:
        limit = given[word]
        ordered = kinds <= {_kind_of(limit)} and word != "multiple_of"
        if _kind_of(limit) is not None and (alone or ordered):
            return Replacement("bound", word, limit, bounds={word: limit})
    return None


def _kind_of(limit: Any) -> str | None:
    """The kind of a bound; None if JSON can't hold it."""
    if type(limit) is str:
        return "text"
    if type(limit) is int:
        return "number" if -(2**63) <= limit < 2**63 else None
    return "number" if type(limit) is float and math.isfinite(limit) else None


def _kinds(schema: Json, sources: Mapping[str, Json]) -> frozenset[str] | None:
    """The kinds of values that a core schema produces; None where boot does not hold the same values."""
    kind = schema["type"]
    if kind in _KINDS:
        return frozenset((_KINDS[kind],))
    if kind == "any":
        return _ANYTHING
    if kind == "is-instance":  # the value unchanged
        target = plain_test(schema["cls"])
        return None if target is None else _SIZED if target == "Sequence" else _ANYTHING
    if kind == "definition-ref":
        referred = sources.get(schema["schema_ref"])
        return None if referred is None else _kinds(referred, sources)
    if kind == "literal":
        return _members(schema["expected"])
    if kind == "enum":  # boot makes members of its own class: equal only if they are numbers or texts
        return {"int": _KINDS_OF_NUMBERS, "float": _KINDS_OF_NUMBERS, "str": frozenset(("text",))}.get(
            schema.get("sub_type", "")
        )
    inner = list(_inside(schema))
    found = [_kinds(each, sources) for each in inner]
    if not found or any(each is None for each in found):
        return None
    kinds = frozenset().union(*(each for each in found if each is not None))
    return kinds | {"object"} if kind == "nullable" else kinds


_KINDS_OF_NUMBERS = frozenset(("number",))


def _members(members: list[Any]) -> frozenset[str] | None:
    if any(isinstance(member, Enum) and not isinstance(member, (str, int)) for member in members):
        return None
    return frozenset(
        "text" if isinstance(member, str) else "number" if isinstance(member, int) else "object" for member in members
    )


def _inside(schema: Json) -> Iterator[Json]:
    """The schemas, one of which produces the value. Empty if something else produces it."""
    kind = schema["type"]
    if kind in ("nullable", "custom-error", "model-field"):
        yield schema["schema"]
    elif kind == "json":
        yield schema.get("schema") or {"type": "any"}
    elif kind == "union":
        for choice in schema["choices"]:
            yield choice[0] if isinstance(choice, tuple) else choice
    elif kind == "lax-or-strict":
        yield schema["lax_schema"]
    elif kind == "json-or-python":
        yield schema["json_schema"]
        yield schema["python_schema"]
    elif kind == "chain":
        yield schema["steps"][-1]
    elif kind.startswith("function-") and "schema" in schema:
        yield from _inside_function(schema)


def _inside_function(schema: Json) -> Iterator[Json]:
    function = schema["function"]["function"]
    own = own_function(function)
    does = None if own is None else own.does
    replaced = replacement(schema, function)
    if isinstance(replaced, Replacement) and "separated" in replaced.notes:
        yield schema["schema"]
    elif replaced is IDENTITY and does in (Does.KEEPS_CONTAINER, Does.TAKES_VALUE):
        yield schema["schema"]  # an unchanged container; the value of an enum's member
    elif does is Does.MAKES_SIZE:
        yield {"type": "int"}
    elif does in (Does.COMPARES, Does.LIMITS_LENGTH):
        yield schema["schema"]
