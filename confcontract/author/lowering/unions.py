"""Unions: pydantic_core itself decides which member wins, on the lowered members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from confcontract.author.beyond_json import Special, member_of
from confcontract.author.introspection import place_of
from confcontract.author.lowering.simple import DROP, NEVER, UNLOWERABLE, literal_member
from confcontract.author.remarks import remarks

if TYPE_CHECKING:
    from confcontract.author.lowering.lower import Lowering, Path, Schema


_OF_DEFAULTS = ("default", "default-factory", "argument")  # these refuse nothing


def union(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    choices: list[Any] = []
    before = len(low.deferrals)
    low.unions += 1
    for choice in schema["choices"]:
        inner, label = choice if isinstance(choice, tuple) else (choice, None)
        lowered = low.lower(inner, path, config)
        if lowered != NEVER:  # a test for a class may accept text, or data decoded from it: Sequence[Any]
            choices.append(Special("pair", [lowered, label]) if label is not None else lowered)
    low.unions -= 1
    if len(choices) == 1 and isinstance(choices[0], dict):
        only: Schema = choices[0]
        return only
    result = {k: v for k, v in schema.items() if k not in (*DROP, "choices") and v is not None}
    result["choices"] = choices
    kinds = {_shape(member_of(choice)) for choice in choices}
    if "model" in kinds and len(kinds & {"model", "mapping", "any"}) > 1:
        # The winner depends on how exactly a *model instance* matches; a typed-dict ranks differently.
        return low.defer(path, "type", "union of models and mappings", schema=result)
    if any(each.path != path and each.kind not in _OF_DEFAULTS for each in low.deferrals[before:]):
        # If the application refuses a value of one member, another member wins.
        return low.defer(path, "type", "union of models with parts that the application checks", schema=result)
    return result


def tagged_union(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    if callable(schema["discriminator"]):
        name = getattr(schema["discriminator"], "__qualname__", "discriminator")
        return low.defer(path, "discriminator", name, place_of(schema["discriminator"]))
    tag_path = schema["discriminator"]
    names = [tag_path] if isinstance(tag_path, str) else [part[-1] for part in tag_path if isinstance(part, list)]
    low.discriminators.update(name for name in names if isinstance(name, str))
    pairs = []
    for tag, choice in schema["choices"].items():
        plain_tag = literal_member(tag)
        if plain_tag is UNLOWERABLE:
            return low.defer(path, "discriminator", repr(tag))
        pairs.append([plain_tag, low.lower(choice, path, config)])
    result = {k: v for k, v in schema.items() if k not in (*DROP, "choices") and v is not None}
    result["choices"] = Special("map", pairs)
    return result


def _shape(lowered: Schema) -> str:
    kind = lowered["type"]
    if kind in ("default", "nullable"):
        return _shape(lowered["schema"])
    if remarks(lowered).get("shape") == "model":
        return "model"
    if kind in ("dict", "ordered-dict", "counter", "typed-dict"):
        return "mapping"
    return "any" if kind == "any" else "other"
