"""The schemas that an overlay consists of, and the targets of the references in it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_ONE = frozenset(
    {"additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"}
    | {"additionalItems", "contentSchema", "unevaluatedItems", "unevaluatedProperties"}
)
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"})


def subschemas(schema: Any) -> Iterator[Any]:
    """The schema and every schema inside it, but not a value inside const, enum or default that looks like one."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, dict):
            continue
        for word, value in node.items():
            if word in _NAMED:
                waiting.extend(value.values() if isinstance(value, dict) else [value])
            elif word in _SEVERAL or (word == "items" and isinstance(value, list)):
                waiting.extend(value if isinstance(value, list) else [value])
            elif word in _ONE:
                waiting.append(value)


def pointed(schema: Any, reference: str) -> Any:
    """The target of a reference such as #/$defs/port; None if there is none."""
    node = schema
    for escaped in reference[1:].split("/")[1:]:
        step = escaped.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return None
    return node


def spell_out_false(schema: Any) -> None:
    """Turn `false` under properties into the equivalent {"not": {}}: jsonschema's error for `false` lacks the path."""
    for node in subschemas(schema):
        if not isinstance(node, dict):
            continue
        for word in ("properties", "patternProperties"):
            for name, inner in node.get(word, {}).items():
                if inner is False:
                    node[word][name] = {"not": {}}


def foreign_reference(schema: Any) -> str | None:
    """A reference with no target in the document, even if these settings never reach it; None if there is none."""
    nodes = [node for node in subschemas(schema) if isinstance(node, dict)]
    known = [node["$id"].partition("#")[0] for node in nodes if isinstance(node.get("$id"), str)]
    for node in nodes:
        for word in ("$ref", "$dynamicRef"):
            reference = node.get(word)
            if not isinstance(reference, str):
                continue
            document = reference.partition("#")[0]
            if document and not any(name == document or name.endswith("/" + document) for name in known):
                return reference
            if not known and reference.startswith("#/") and "%" not in reference and pointed(schema, reference) is None:
                return reference
    return None
