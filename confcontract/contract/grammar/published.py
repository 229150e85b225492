"""The published JSON Schema of the format, as a grammar: the same closed lists, checked 500 times as fast.

It supports only the keywords that the published schema uses. Rules about two members at once (a required variable has
no default) are left to the schema itself, which is also consulted whenever something goes wrong.
"""

from __future__ import annotations

from confcontract.contract.grammar.words import ANY, FLAG, NULL, NUMBER, by_member, either, listed, named, row, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.contract.grammar.words import Rule

_HERE = "#/$defs/"


def rules(schema: Mapping[str, Any], own: Mapping[str, Rule]) -> dict[str, Rule]:
    """A rule for each definition of the schema, and "document" for the whole. own: the rules that are written by
    hand."""
    found = {name: own.get(name) or _rule(node, schema) for name, node in schema["$defs"].items()}
    return {**found, "document": _rule(schema, schema)}


def _rule(node: Any, schema: Mapping[str, Any]) -> Rule:
    if not isinstance(node, dict):
        return ANY
    if "if" in node:  # the schema requires this only for a type
        return either(_rule({**node["if"], **node["then"]}, schema), _rule(node["else"], schema))
    reference = node.get("$ref", "")
    if reference.startswith(_HERE):
        return _referred(reference, node)
    if "const" in node:
        return _one_of([node["const"]])
    if "enum" in node:
        return _one_of(node["enum"])
    if "oneOf" in node:
        return _by_kind(node, schema)
    if "anyOf" in node:
        return either(*(_rule(each, schema) for each in node["anyOf"]))
    kinds = node.get("type", "any")
    if isinstance(kinds, list):
        return either(*(_typed(kind, node, schema) for kind in kinds))
    return _typed(kinds, node, schema)


def _referred(reference: str, node: Mapping[str, Any]) -> Rule:
    name, _, inner = reference.removeprefix(_HERE).partition("/properties/")
    target = named(f"{name}.{inner}" if inner else name)
    if "minItems" in node:
        return {"type": "chain", "steps": [target, {"type": "list", "min_length": node["minItems"]}]}
    return target


def _one_of(members: list[Any]) -> Rule:
    if members == [True]:  # True equals 1
        return {"type": "chain", "steps": [FLAG, {"type": "literal", "expected": members}]}
    return NULL if members == [None] else {"type": "literal", "expected": members}


def _by_kind(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Rule:
    """A check: the members common to all checks, and those of its kind."""
    kinds = {}
    for each in node["oneOf"]:
        more = schema["$defs"][each["$ref"].removeprefix(_HERE)]
        merged = {
            "type": "object",
            "additionalProperties": False,
            "required": [*node["required"], *more["required"]],
            "properties": {**node["properties"], **more["properties"]},
        }
        kinds[more["properties"]["kind"]["const"]] = _rule(merged, schema)
    return by_member("kind", kinds)


def _typed(kind: str, node: Mapping[str, Any], schema: Mapping[str, Any]) -> Rule:
    if kind == "object":
        return _object(node, schema)
    if kind == "array":
        if "prefixItems" in node and node.get("items") is False:
            return row(*(_rule(each, schema) for each in node["prefixItems"]))
        return listed(_rule(node.get("items"), schema), node.get("minItems", 0))
    if kind == "string":
        bounds = {"min_length": node.get("minLength"), "pattern": node.get("pattern")}
    elif kind in ("integer", "number"):
        bounds = {"ge": node.get("minimum"), "le": node.get("maximum")}
    else:
        return {"any": ANY, "boolean": FLAG, "null": NULL}[kind]
    given = {word: bound for word, bound in bounds.items() if bound is not None}
    if kind == "number":
        return either(*({"type": each, "strict": True, **given} for each in ("int", "float"))) if given else NUMBER
    return {"type": "int" if kind == "integer" else "str", "strict": True, **given}


def _object(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Rule:
    others = node.get("additionalProperties", True)
    if "properties" not in node:
        names = _rule({"type": "string", **node.get("propertyNames", {})}, schema)
        return table(_rule(others, schema), names, node.get("minProperties", 0))
    needed = node.get("required", ())
    fields = {
        name: {"type": "typed-dict-field", "schema": _rule(each, schema), "required": name in needed}
        for name, each in node["properties"].items()
    }
    if others is False:
        return {"type": "typed-dict", "fields": fields, "extra_behavior": "forbid"}
    return {"type": "typed-dict", "fields": fields, "extra_behavior": "allow", "extras_schema": _rule(others, schema)}


def members_of(definition: str, schema: Mapping[str, Any]) -> dict[str, Rule]:
    """The rules of a definition's members, by the names that references use for them (see `_referred`)."""
    properties = schema["$defs"][definition]["properties"]
    return {f"{definition}.{name}": _rule(each, schema) for name, each in properties.items()}
