"""Which overlays and settings jsonschema-rs may judge in jsonschema's place.

The two disagree at the edges: dialects of regular expressions, very large numbers, floating-point
multiples, references that go in circles (jsonschema-rs passes them), older drafts. What is listed here
is what the property test in tests/boot_parts/test_policy_verdicts.py holds equal; all else takes the slow way.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ONE = frozenset({"additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"})
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"$defs", "dependentSchemas", "patternProperties", "properties"})
_PLAIN = frozenset(
    {"$comment", "$ref", "$schema", "const", "default", "dependentRequired", "deprecated", "description", "enum"}
    | {"examples", "exclusiveMaximum", "exclusiveMinimum", "format", "maxContains", "maximum", "maxItems"}
    | {"maxLength", "maxProperties", "minContains", "minimum", "minItems", "minLength", "minProperties"}
    | {"multipleOf", "pattern", "readOnly", "required", "title", "type", "uniqueItems", "writeOnly"}
)
_ALIKE = _ONE | _SEVERAL | _NAMED | _PLAIN
_OTHER_PLACES = frozenset({"contentSchema", "unevaluatedItems", "unevaluatedProperties", "additionalItems"})
_EXACT = 2**53  # integers up to here are the same number in every implementation

# Atoms that mean the same to Python and Rust on printable ASCII, each with at most one quantifier
_CLASS = r"\[\^?(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_.:/@ ]|\\[dw.])+-?\]"
_ATOM = rf"(?:[A-Za-z0-9_/ :,@%=~\"'<>!;-]|\\[dw./-]|\.|{_CLASS})(?:[*+?]|\{{\d{{1,3}}(?:,\d{{0,3}})?\}})?"
_PATTERN = rf"(?:\^|\$|\(\?:|\(|\)[*+?]?|\||{_ATOM})*"


def alike(schema: Any, values: Any) -> bool:
    """Whether both implementations are known to give the same verdict on these."""
    seen = _Seen()
    try:
        return _schema_alike(schema, seen) and _value_alike(values, seen) and _references_alike(schema)
    except RecursionError:
        return False


class _Seen:
    __slots__ = ("floats", "multiples", "patterns", "texts")

    def __init__(self) -> None:
        self.floats = False  # a float among the settings
        self.texts = False  # a string that is not printable ASCII among them
        self.multiples = False
        self.patterns = False

    def clash(self) -> bool:
        return (self.floats and self.multiples) or (self.texts and self.patterns)


def _schema_alike(schema: Any, seen: _Seen) -> bool:
    for node in subschemas(schema):
        if isinstance(node, bool):
            continue
        if not isinstance(node, dict) or not _ALIKE.issuperset(node):
            return False
        if not _numbers_alike(node, seen) or not _patterns_alike(node, seen):
            return False
        reference = node.get("$ref", "#")
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")) or "%" in reference:
            return False
        if node.get("$schema", _DIALECT) != _DIALECT:
            return False
    return True


def _numbers_alike(node: dict[str, Any], seen: _Seen) -> bool:
    seen.multiples |= "multipleOf" in node
    if type(node.get("multipleOf", 1)) is not int:
        return False
    nothing = _Seen()
    return all(_value_alike(node[word], nothing) for word in node if word in _PLAIN)


def _patterns_alike(node: dict[str, Any], seen: _Seen) -> bool:
    patterns = [node["pattern"]] if "pattern" in node else []
    patterns += node.get("patternProperties", ())
    if patterns:
        import re

        seen.patterns = True
        try:
            return all(re.fullmatch(_PATTERN, pattern) and re.compile(pattern) for pattern in patterns)
        except (re.error, TypeError):
            return False
    return True


def _value_alike(value: Any, seen: _Seen) -> bool:
    """Plain JSON data, with numbers that are the same everywhere."""
    kind = type(value)
    if kind is str:
        seen.texts |= not (value.isascii() and value.isprintable())
    elif kind is int:
        return -_EXACT <= value <= _EXACT and not seen.clash()
    elif kind is float:
        seen.floats = True
        return -_EXACT <= value <= _EXACT and not seen.clash()
    elif kind is list:
        return all(_value_alike(item, seen) for item in value)
    elif kind is dict:
        return all(_value_alike(key, seen) and _value_alike(item, seen) for key, item in value.items())
    elif value is not None and kind is not bool:
        return False
    return not seen.clash()


def subschemas(schema: Any) -> Iterator[Any]:
    """The schema and every schema inside it; never what only looks like one inside const, enum or default."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, dict):
            continue
        for word, value in node.items():
            if word in _NAMED or word in ("definitions", "dependencies"):
                waiting.extend(value.values() if isinstance(value, dict) else [value])
            elif word in _SEVERAL or (word == "items" and isinstance(value, list)):
                waiting.extend(value if isinstance(value, list) else [value])
            elif word in _ONE or word in _OTHER_PLACES:
                waiting.append(value)


def _references_alike(schema: Any) -> bool:
    """Whether every $ref leads somewhere, and none back to a schema that it is part of."""
    targets: dict[str, set[str]] = {}

    def references(node: Any) -> set[str]:
        return {inner["$ref"] for inner in subschemas(node) if isinstance(inner, dict) and "$ref" in inner}

    waiting = references(schema)
    while waiting:
        reference = waiting.pop()
        if reference not in targets:
            target = pointed(schema, reference)
            if target is None:
                return False
            targets[reference] = references(target)
            waiting |= targets[reference]
    while targets:
        ends = {reference for reference, leads in targets.items() if not leads & targets.keys()}
        if not ends:
            return False
        for reference in ends:
            del targets[reference]
    return True


def pointed(schema: Any, reference: str) -> Any:
    """What a reference such as #/$defs/port points to; None for nothing."""
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
    """Turn `false` under properties into {"not": {}}, the same: jsonschema's error for `false` lacks the path."""
    for node in subschemas(schema):
        if not isinstance(node, dict):
            continue
        for word in ("properties", "patternProperties"):
            for name, inner in node.get(word, {}).items():
                if inner is False:
                    node[word][name] = {"not": {}}


def foreign_reference(schema: Any) -> str | None:
    """A reference to what is not in the document, also one that these settings never reach; None if there is none."""
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
