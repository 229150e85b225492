"""Which values can be checked outside boot with pydantic's verdict, and by what rule: see the page's js/20-values.js,
and the CEL of admission policies."""

from __future__ import annotations

from confcontract.verdict.elsewhere.plain_patterns import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.verdict.elsewhere.document_places import DocumentPlace

    Pointer = tuple[Any, ...]
    Schema = Mapping[str, Any]
    Rule = dict[str, Any]

_SAFE = 2**53  # a browser's numbers are exact up to this value
_DIGITS = 15  # and distinguish decimals with this many digits

_BOUNDS = ("ge", "gt", "le", "lt")
# Schema members that a rule covers; a schema with any other member has no rule.
_SAYS = {
    "any": (),
    "bool": ("strict",),
    "decimal": ("strict", "allow_inf_nan", "max_digits", "decimal_places", *_BOUNDS),
    "enum": ("cls", "members", "sub_type", "strict"),
    "float": ("strict", "allow_inf_nan", *_BOUNDS),
    "function-after": ("function", "schema"),
    "int": ("strict", "multiple_of", *_BOUNDS),
    "list": ("items_schema", "min_length", "max_length"),
    "literal": ("expected",),
    "set": ("items_schema",),
    "str": ("strict", "min_length", "max_length", "pattern", "to_lower", "to_upper"),
}


class Values:
    """The rules for a contract's values."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self._held = {tuple(pointer): (kind, *data) for pointer, kind, *data in compiled["hydrate"]}

    def rule(self, place: DocumentPlace, variable: Mapping[str, Any]) -> Rule | None:
        """The rule for a variable's text; None if only boot can judge it."""
        if not place.judged:
            return None
        schema, pointer = place.schema, place.pointer
        if variable["encoding"] == "plain":
            rule = self._scalar(schema, pointer)
            return None if schema["type"] in ("list", "set") else rule
        if variable["encoding"] == "json" and schema["type"] in ("list", "set"):
            return self._list(schema, pointer)
        separator = variable.get("separator")
        if variable["encoding"] == "separated" and self._function(schema, pointer) == ("separated", [separator]):
            rule = self._list(schema["schema"], (*pointer, "schema"))
            return None if rule is None else {**rule, "separator": separator}
        return None

    def _scalar(self, schema: Schema, pointer: Pointer) -> Rule | None:
        kind = schema["type"]
        if kind not in _SAYS or schema.keys() - {"type", *_SAYS[kind]} or (schema.get("strict") and kind != "str"):
            return None
        if kind == "any":
            return {"kind": "text"}
        if kind == "bool":
            return {"kind": "boolean"}
        if kind == "literal":
            among = schema["expected"]
            return {"kind": "choice", "among": among} if all(type(each) is str for each in among) else None
        if kind == "str":
            return self._text(schema, pointer)
        if kind == "function-after":
            return self._after(schema, pointer)
        return self._enum(pointer) if kind == "enum" else self._number(schema, pointer)

    def _text(self, schema: Schema, pointer: Pointer) -> Rule | None:
        rule: Rule = {"kind": "text", **_sizes(schema.get("min_length"), schema.get("max_length"))}
        if "pattern" not in schema:
            return rule
        written = schema["pattern"]
        pattern = plain(written) if isinstance(written, str) else None
        return None if pattern is None else {**rule, "pattern": pattern, "written": written}

    def _after(self, schema: Schema, pointer: Pointer) -> Rule | None:
        """Lengths of secrets; paths, which accept any text."""
        if schema["schema"]["type"] != "str":
            return None
        inner = self._scalar(schema["schema"], (*pointer, "schema"))
        name, arguments = self._function(schema, pointer)
        if inner is None or name == "path":
            return inner
        if name != "length" or inner.keys() & {"min", "max"}:
            return None
        return {**inner, **_sizes(*arguments)}

    def _function(self, schema: Schema, pointer: Pointer) -> tuple[str, list[Any]]:
        if "function" not in schema:
            return "", []
        kind, *data = self._held.get((*pointer, "function", "function"), ("",))
        return (data[0][0], data[0][1]) if kind == "function" else ("", [])

    def _enum(self, pointer: Pointer) -> Rule | None:
        """Whole numbers only: for other values, the class itself may decide which member they stand for."""
        kind, *data = self._held.get((*pointer, "cls"), ("",))
        if kind != "enum" or data[0].keys() != {"members", "mixin", "name"} or data[0]["mixin"] != "int":
            return None
        among = [value for _, value in data[0]["members"]]
        return {"kind": "integer", "among": among} if all(type(each) is int for each in among) else None

    def _number(self, schema: Schema, pointer: Pointer) -> Rule | None:
        kind = {"int": "integer", "float": "number", "decimal": "decimal"}.get(schema["type"])
        if kind is None or (kind == "decimal" and schema.get("allow_inf_nan")):
            return None
        rule: Rule = {"kind": kind}
        for key in (*_BOUNDS, "multiple_of"):
            if key not in schema:
                continue
            bound = self._bound(schema[key], (*pointer, key), kind)
            if bound is None:
                return None
            rule["step" if key == "multiple_of" else key] = bound
        for key, said in (("max_digits", "digits"), ("decimal_places", "places")):
            if schema.get(key) is not None:
                rule[said] = schema[key]
        return rule

    def _bound(self, value: Any, pointer: Pointer, kind: str) -> int | float | None:
        """As a browser's number, if that is exactly equal."""
        if type(value) is int:
            return value if abs(value) < _SAFE else None
        if type(value) is float:
            return value if kind == "number" else None
        held, *data = self._held.get(pointer, ("",))
        if kind != "decimal" or held != "decimal" or not _is_short(str(data[0])):
            return None
        return float(data[0])

    def _list(self, schema: Schema, pointer: Pointer) -> Rule | None:
        if schema["type"] not in ("list", "set") or schema.keys() - {"type", *_SAYS[schema["type"]]}:
            return None
        if "items_schema" not in schema:
            return None
        items = self._scalar(schema["items_schema"], (*pointer, "items_schema"))
        if items is None or schema["items_schema"]["type"] == "any":
            return None
        return {"kind": "list", "items": items, **_sizes(schema.get("min_length"), schema.get("max_length"))}


def _sizes(least: int | None, most: int | None) -> Rule:
    return {key: size for key, size in (("min", least), ("max", most)) if size is not None}


def _is_short(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit() and len(text) <= _DIGITS
