"""The JSON Schema (2020-12) of the resolved settings document, generated from the lowered schema.

It is made from the same tree as boot's validator, and states only what follows from that: everything that the validator
accepts satisfies it (a test checks this). Bounds that JSON Schema can't express (on dates, durations, decimals) are in
the variables' `constraints`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from jsonschema import Draft202012Validator

from confcontract.author.beyond_json import Special, extract, member_of
from confcontract.author.remarks import remarks
from confcontract.author.type_words import core_of

Json = dict[str, Any]

_STRINGS = {
    "str",
    "bytes",
    "decimal",
    "fraction",
    "complex",
    "date",
    "time",
    "datetime",
    "timedelta",
    "uuid",
    "url",
    "multi-host-url",
}
_FORMATS = {
    "date": "date",
    "datetime": "date-time",
    "timedelta": "duration",
    "uuid": "uuid",
    "url": "uri",
    "multi-host-url": "uri",
}
_BOUNDS = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}

# Constructs with the same meaning in Rust's, Python's and ECMA's regular expressions.
_COMMON_PATTERN = re.compile(
    r"^\^?(?:[A-Za-z0-9_/@:, -]|\\[.dw/+*?()\[\]{}|^$-]"
    r"|\[\^?(?:[A-Za-z0-9_./@:+-]|\\[dw.-])+\]|[+*?.|()]|\{\d+(?:,\d*)?\})*$"
)


def document_schema(lowered: Json, annotate: Callable[[tuple[str, ...]], Json], title: str) -> Json:
    """`annotate`: path of a field → title, description, default, examples, deprecated, writeOnly."""
    writer = _Writer(annotate)
    if lowered["type"] == "definitions":
        definitions = {item["ref"]: item for item in lowered["definitions"]}
        body = writer.write(lowered["schema"], ())
        names = {ref: ref.rsplit(".", 1)[-1].replace(":", "_") for ref in definitions}
        writer.quiet = True
        body["$defs"] = {names[ref]: writer.write(item, ()) for ref, item in definitions.items()}
    else:
        body = writer.write(lowered, ())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **body}


class _Writer:
    def __init__(self, annotate: Callable[[tuple[str, ...]], Json]) -> None:
        self._annotate = annotate
        self.quiet = False

    def write(self, node: Json, path: tuple[str, ...]) -> Json:
        kind = node["type"]
        if kind == "default":
            return self.write(node["schema"], path)
        if kind == "nullable":
            inner = self.write(node["schema"], path)
            return {"anyOf": [inner, {"type": "null"}]} if inner else {}
        if kind == "lax-or-strict":
            return self.write(node["lax_schema"], path)
        if kind == "json-or-python":
            return self.write(node["python_schema"], path)
        if kind == "any" or kind.startswith("is-"):
            return {}
        if kind.startswith("function-"):
            return self._function(node, path)
        method: Any = getattr(self, "_" + kind.replace("-", "_"), None)
        if method is not None:
            written: Json = method(node, path)
            return written
        return self._simple(node)

    def _function(self, node: Json, path: tuple[str, ...]) -> Json:
        label = remarks(node).get("format")
        if label == "size":
            return {"type": "integer"}
        if label is not None:
            return {"type": "string"}
        if node["type"] == "function-plain":
            return {}
        return self.write(node["schema"], path)

    def _simple(self, node: Json) -> Json:
        kind = node["type"]
        if kind == "bool":
            return {"type": "boolean"}
        if kind == "none":
            return {"type": "null"}
        if kind in ("int", "float"):
            written: Json = {"type": "integer" if kind == "int" else "number"}
            for key, name in _BOUNDS.items():
                value = node.get(key)
                # multipleOf over floats depends on rounding, so it must not decide
                if isinstance(value, (int, float)) and not (key == "multiple_of" and kind == "float"):
                    written[name] = value
            return written
        if kind in _STRINGS:
            return self._string(node)
        return {}

    def _string(self, node: Json) -> Json:
        written: Json = {"type": "string"}
        if node["type"] in _FORMATS:
            written["format"] = _FORMATS[node["type"]]
        if node["type"] == "str":
            for key, name in (("min_length", "minLength"), ("max_length", "maxLength")):
                if node.get(key) is not None:
                    written[name] = node[key]
            pattern = node.get("pattern")
            changes = node.get("to_lower") or node.get("to_upper")
            if isinstance(pattern, str) and _COMMON_PATTERN.match(pattern) and not changes:
                written["pattern"] = pattern
        return written

    def _literal(self, node: Json, path: tuple[str, ...]) -> Json:
        return {"enum": node["expected"]}

    def _enum(self, node: Json, path: tuple[str, ...]) -> Json:
        if "boundary" in node["cls"].data:  # a combination of them, or any number at all
            return {"type": "integer"}
        return {"enum": remarks(node)["members"]}

    def _list(self, node: Json, path: tuple[str, ...]) -> Json:
        written: Json = {"type": "array"}
        if "items_schema" in node:
            written["items"] = self.write(node["items_schema"], path)
        for key, name in (("min_length", "minItems"), ("max_length", "maxItems")):
            if node.get(key) is not None:
                written[name] = node[key]
        return written

    def _deque(self, node: Json, path: tuple[str, ...]) -> Json:
        return self._list(node, path)

    def _set(self, node: Json, path: tuple[str, ...]) -> Json:
        return self._list(node, path)

    def _frozenset(self, node: Json, path: tuple[str, ...]) -> Json:
        return self._list(node, path)

    def _tuple(self, node: Json, path: tuple[str, ...]) -> Json:
        items = [self.write(item, path) for item in node["items_schema"]]
        variadic = node.get("variadic_item_index")
        if variadic is None:
            return (
                {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
                if items
                else {"type": "array", "maxItems": 0}
            )
        written: Json = {"type": "array"}
        if len(items) == 1:
            written["items"] = items[0]
        return written

    def _dict(self, node: Json, path: tuple[str, ...]) -> Json:
        written: Json = {"type": "object"}
        if "values_schema" in node:
            written["additionalProperties"] = self.write(node["values_schema"], path)
        for key, name in (("min_length", "minProperties"), ("max_length", "maxProperties")):
            if node.get(key) is not None:
                written[name] = node[key]
        return written

    def _ordered_dict(self, node: Json, path: tuple[str, ...]) -> Json:
        return self._dict(node, path)

    def _counter(self, node: Json, path: tuple[str, ...]) -> Json:
        return {"type": "object", "additionalProperties": {"type": "integer"}}

    def _typed_dict(self, node: Json, path: tuple[str, ...]) -> Json:
        properties = {}
        required = []
        for name, field in node["fields"].items():
            here = (*path, name)
            inner = _with_default(self.write(field["schema"], here), field["schema"])
            annotations = {} if self.quiet else self._annotate(here)
            properties[name] = {**inner, **annotations}
            if field["required"] or "default" in field["schema"]:
                required.append(name)
        written: Json = {"type": "object", "properties": properties}
        if required:
            written["required"] = sorted(required)
        behavior = node.get("extra_behavior") or node.get("config", {}).get("extra_fields_behavior", "ignore")
        if behavior == "allow":
            extras = node.get("extras_schema")
            written["additionalProperties"] = self.write(extras, path) if extras else True
        else:
            written["additionalProperties"] = False
        return written

    def _union(self, node: Json, path: tuple[str, ...]) -> Json:
        members = [member_of(choice) for choice in node["choices"]]
        written = [self.write(member, path) for member in members]
        return {"anyOf": written} if all(written) else {}

    def _tagged_union(self, node: Json, path: tuple[str, ...]) -> Json:
        written = [self.write(choice, path) for _, choice in node["choices"].data]
        return {"anyOf": written} if all(written) else {}

    def _chain(self, node: Json, path: tuple[str, ...]) -> Json:
        return self.write(node["steps"][-1], path)

    def _json(self, node: Json, path: tuple[str, ...]) -> Json:
        return self.write(node["schema"], path) if "schema" in node else {}

    def _custom_error(self, node: Json, path: tuple[str, ...]) -> Json:
        return self.write(node["schema"], path)

    def _definition_ref(self, node: Json, path: tuple[str, ...]) -> Json:
        return {"$ref": "#/$defs/" + node["schema_ref"].rsplit(".", 1)[-1].replace(":", "_")}


def _with_default(written: Json, node: Json) -> Json:
    """A default that is not validated may have another type than its field; the document contains it unchanged."""
    default = node.get("default")
    if node["type"] != "default" or "default" not in node or node.get("validate_default") is not False:
        return written
    if "$ref" in json.dumps(written, default=str) or isinstance(default, Special):
        return written
    plain, _ = extract([written, default])
    return written if Draft202012Validator(plain[0]).is_valid(plain[1]) else {"anyOf": [written, {"const": default}]}


def required_path(lowered: Json, path: tuple[str, ...]) -> bool:
    """Whether the document must contain a place: every field on the way is required."""
    node = core_of(lowered["schema"] if lowered["type"] == "definitions" else lowered)
    for segment in path:
        if node["type"] != "typed-dict" or segment not in node["fields"]:
            return False
        field = node["fields"][segment]
        if not field["required"]:
            return False
        node = core_of(field["schema"])
    return True
