"""A core schema without the parts that depend on where and when it runs: the file system, the clock, modules to import,
code of the application. Defaults are validated with it, so that the machine that bakes does not influence a contract.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from confcontract.author.pydantic_private.core_functions import Does, is_of_pydantic, own_function

Schema = dict[str, Any]

_CLOCK = ("now_op", "now_utc_offset")
_ON_MODELS = ("custom_init", "post_init")
_DATA = ("default", "expected", "members", "function")
_ANYTHING: Schema = {"type": "any"}


def asks_clock(schema: Any, sources: Mapping[str, Schema], *, into_objects: bool = True) -> bool:
    """Whether the verdict on a value depends on the time (FutureDate and similar types). sources: schemas by ref.

    into_objects: whether to look inside models and dataclasses as well.
    """
    return any("now_op" in node for node in _nodes(schema, sources, set(), into_objects=into_objects))


def has_strict_parts(schema: Any, sources: Mapping[str, Schema]) -> bool:
    """Whether any part of it accepts only values of its own type."""
    return any(node.get("strict") for node in _nodes(schema, sources, set()))


def asks_machine(schema: Any, sources: Mapping[str, Schema]) -> bool:
    """Whether pydantic itself looks at the file system, the clock, or at modules."""
    return any(
        "now_op" in node or _is_machine(node["function"]["function"])
        for node in _nodes(schema, sources, set())
        if "now_op" in node or str(node["type"]).startswith("function-")
    )


def neutral(schema: Any) -> Any:
    """A copy that gives the same verdict everywhere. Parts that can't are left out, so it refuses less."""
    if isinstance(schema, tuple):
        return tuple(map(neutral, schema))
    if isinstance(schema, list):
        return list(map(neutral, schema))
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    if isinstance(kind, str) and kind.startswith("function-") and _differs(schema):
        return neutral(schema["schema"]) if kind == "function-after" else _named(_ANYTHING, schema)
    if kind == "tagged-union" and callable(schema["discriminator"]):
        return _named(_ANYTHING, schema)
    if kind == "default" and schema.get("default_factory") is not None:
        schema = {**schema, "default_factory": None, "default_factory_takes_data": None, "default": None}
        schema["validate_default"] = False
    left_out = (*_CLOCK, *_ON_MODELS, "serialization", "metadata")
    return {key: value if key in _DATA else neutral(value) for key, value in schema.items() if key not in left_out}


def _named(schema: Schema, instead_of: Schema) -> Schema:
    return {**schema, "ref": instead_of["ref"]} if "ref" in instead_of else schema


def _differs(schema: Schema) -> bool:
    function = schema["function"]["function"]
    own = is_of_pydantic(function) or "confcontract_separated" in schema.get("metadata", {})
    return not own or _is_machine(function)


def _is_machine(function: Any) -> bool:
    own = own_function(function)
    return own is not None and own.does is Does.ASKS_MACHINE


def _nodes(
    schema: Any, sources: Mapping[str, Schema], seen: set[str], *, into_objects: bool = True
) -> Iterator[Schema]:
    """All schemas inside a schema."""
    if isinstance(schema, (list, tuple)):
        for item in schema:
            yield from _nodes(item, sources, seen, into_objects=into_objects)
    elif isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema
        if not into_objects and schema.get("type") in ("model", "dataclass"):
            return
        ref = schema.get("schema_ref")
        if isinstance(ref, str) and ref in sources and ref not in seen:
            seen.add(ref)
            yield from _nodes(sources[ref], sources, seen, into_objects=into_objects)
        for key, value in schema.items():
            if key not in ("metadata", "serialization", *_DATA):
                yield from _nodes(value, sources, seen, into_objects=into_objects)
