"""Finds secrets in a default, by walking the projected default along its field's lowered schema."""

from __future__ import annotations

from typing import Any

from confcontract.author.remarks import remarks

Json = dict[str, Any]


def holds_secret(node: Json, value: Any) -> bool:
    """Whether `value` has a value where `node` declares a secret. None and empty values do not count."""
    if value is None or value in ({}, [], ""):
        return False
    if remarks(node).get("secret"):
        return True
    if node["type"] == "typed-dict":
        fields: Json = node["fields"]
        given = value.items() if isinstance(value, dict) else ()
        return any(name in fields and holds_secret(fields[name]["schema"], item) for name, item in given)
    if isinstance(value, dict) and "values_schema" in node:
        return any(holds_secret(node["values_schema"], item) for item in value.values())
    if isinstance(value, list) and "items_schema" in node:
        return _in_items(node["items_schema"], value)
    return any(holds_secret(inner, value) for inner in alternatives(node))


def _in_items(items: Any, value: list[Any]) -> bool:
    schemas = items if isinstance(items, list) else [items]
    return any(holds_secret(schema, item) for schema in schemas for item in value)


def alternatives(node: Json) -> list[Json]:
    """The nodes that validate the same value. Members of a union are not included: only validation knows which of them
    accepted the value (see static_default in default_checks.py).
    """
    if node["type"] == "chain":
        return list(node["steps"])
    keys = ("schema", "lax_schema", "strict_schema", "json_schema", "python_schema")
    return [node[key] for key in keys if isinstance(node.get(key), dict)]
