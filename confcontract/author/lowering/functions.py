"""Functions in a core schema: those of pydantic are replaced, those of the application are deferred."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confcontract.author import bounds
from confcontract.author.introspection import name_of, place_of
from confcontract.author.pydantic_functions import IDENTITY, replacement
from confcontract.author.remarks import REMARKS, remarked

if TYPE_CHECKING:
    from confcontract.author.lowering.lower import Lowering, Path, Schema


def function(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    called = schema["function"]["function"]
    alone = not (low.unions or low.containers)
    replaced = replacement(schema, called) or bounds.bound(schema, called, low.sources, alone)
    if replaced is IDENTITY:
        if path in low.loose_urls:
            name = "UrlConstraints, which strict mode passes over"
            inner = schema["schema"]["type"]
            return low.defer(path, "constraint", name, schema={"type": inner} if inner.endswith("url") else None)
        return low.lower(schema["schema"], path, config)
    if replaced is not None:
        kind = "function-plain" if schema["type"] == "function-plain" else replaced.mode
        lowered: Schema = {"type": kind, "function": {"type": "no-info", "function": replaced.special}}
        if kind != "function-plain":
            lowered["schema"] = low.lower(schema["schema"], path, config)
        lowered[REMARKS] = replaced.notes
        return lowered
    name, place = name_of(called), place_of(called)
    inner = schema.get("schema")
    kind = "model-validator" if inner is not None and _around_model(inner) else "validator"
    if schema["type"] == "function-after" and inner is not None:
        return low.defer(path, kind, name, place, schema=low.lower(inner, path, config))
    if inner is not None:
        # The wrapped schema is not lowered for boot, but the documentation needs its shape.
        shape = low.shape_of(inner, path, config)
        return remarked(low.defer(path, kind, name, place), shape_of=shape)
    return low.defer(path, kind, name, place)


def _around_model(schema: Schema) -> bool:
    """Whether the function wraps a whole model, not a single value."""
    while schema["type"].startswith("function-") and "schema" in schema:
        schema = schema["schema"]
    return schema["type"] in ("model", "model-fields", "dataclass", "dataclass-args")
