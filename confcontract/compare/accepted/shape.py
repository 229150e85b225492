"""What a plan says about a value, in one form for all equivalent schemas: alternatives, each of one
kind with limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    PutBackWithin = tuple["Where", str, Any]  # place within, kind, data

Where = tuple[str | int, ...]

TRANSPARENT = ("default", "custom-error", "definitions")
_CONTAINERS = ("list", "set", "frozenset", "deque")


@dataclass(frozen=True)
class Shape:
    """One alternative. options: its limits, as data. parts: the inner values, by name. checks: coercions of
    confcontract.contract.coercions that refuse some values, with their arguments.
    """

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, tuple[Shape, ...]] = field(default_factory=dict)
    checks: tuple[tuple[str, Any], ...] = ()
    optional: frozenset[str] = frozenset()  # the parts that may be missing
    by_order: bool = field(default=False, compare=False)  # for a union: the first alternative that fits is used


def shapes_of(
    schema: Mapping[str, Any], configs: Sequence[Any], put_back: Iterable[PutBackWithin], shared: Sequence[Any]
) -> tuple[Shape, ...]:
    """The alternatives that a field's schema accepts.

    configs: those around it, from the outside to the inside, each followed by whether the section itself is strict.
    put_back: the values that boot restores in it. shared: the plan's table of shared fields.
    """
    return _Reading(configs, put_back, shared).alternatives(schema, ())


class _Reading:
    def __init__(self, configs: Sequence[Any], put_back: Iterable[PutBackWithin], shared: Sequence[Any]) -> None:
        self.hydration = {rest: (kind, data) for rest, kind, data in put_back}
        self.shared = shared
        self.config: Mapping[str, Any] = next((each for each in reversed(configs[::2]) if each is not None), {})
        self.strict = bool(self.config.get("strict"))

    def alternatives(self, node: Mapping[str, Any], where: Where) -> tuple[Shape, ...]:
        kind = node["type"]
        if kind in TRANSPARENT:
            if node.get("on_error", "raise") != "raise":
                return (self._opaque(node, where),)
            return self.alternatives(node["schema"], (*where, "schema"))
        if kind == "nullable":
            return (*self.alternatives(node["schema"], (*where, "schema")), Shape("none"))
        if kind == "union":
            by_order = node.get("mode") == "left_to_right"
            return tuple(
                replace(shape, by_order=True) if by_order else shape
                for index, choice in enumerate(node["choices"])
                for shape in (
                    self.alternatives(choice, (*where, "choices", index))
                    if isinstance(choice, dict)
                    else self.alternatives(choice[0], (*where, "choices", index, 0))
                )
            )
        if kind in ("function-after", "function-before"):
            return self._function(node, where)
        if kind == "lax-or-strict":
            strict = node.get("strict", self.strict)
            if not strict:
                return self.alternatives(node["lax_schema"], (*where, "lax_schema"))
        if kind == "chain" and len(node["steps"]) == 1:
            return self.alternatives(node["steps"][0], (*where, "steps", 0))
        return (self._single(node, where),)

    def _single(self, node: Mapping[str, Any], where: Where) -> Shape:
        kind = node["type"]
        if kind == "literal":
            return Shape("members", {"values": tuple(node["expected"])})
        if kind == "enum":
            return self._enum(node, where)
        if kind in _CONTAINERS:
            return Shape(kind, self._options(node, where), self._parts(node, where, "items_schema"))
        if kind == "tuple":
            items = {
                str(index): self.alternatives(item, (*where, "items_schema", index))
                for index, item in enumerate(node["items_schema"])
            }
            if node.get("variadic_item_index") == 0 and len(items) == 1:
                options = {**self._options(node, where, "variadic_item_index"), "made": "tuple"}
                return Shape("list", options, {"[]": items["0"]})
            return Shape("tuple", self._options(node, where), items)
        if kind == "dict":
            return Shape(kind, self._options(node, where), self._parts(node, where, "keys_schema", "values_schema"))
        if kind == "typed-dict":
            return self._members(node, where)
        if kind == "function-plain":
            name, arguments = self.hydration[(*where, "function", "function")][1]
            if name == "ip":
                return Shape("ip", {"version": arguments[0], "word": arguments[1]})
        if kind in _SCALARS:
            return Shape(kind, self._options(node, where))
        return self._opaque(node, where)

    def _function(self, node: Mapping[str, Any], where: Where) -> tuple[Shape, ...]:
        name, arguments = self.hydration[(*where, "function", "function")][1]
        inner = self.alternatives(node["schema"], (*where, "schema"))
        if name == "path":
            return inner
        if name == "separated":
            return tuple(
                Shape(each.kind, {**each.options, "delimiter": arguments[0]}, each.parts, each.checks) for each in inner
            )
        if name == "byteSize":
            return (Shape("size", {"units": arguments[0]}),)
        check = (name, _frozen(arguments))
        return tuple(Shape(e.kind, e.options, e.parts, (*e.checks, check), e.optional) for e in inner)

    def _enum(self, node: Mapping[str, Any], where: Where) -> Shape:
        data = self.hydration[(*where, "cls")][1]
        if "boundary" in data or node.get("strict", self.strict) or data["mixin"] not in ("", "str", "int"):
            return self._opaque(node, where)
        values = [value for _, value in data["members"]] + [value for value, _ in data.get("further", ())]
        if any(isinstance(value, (list, dict)) for value in values):
            return self._opaque(node, where)
        return Shape("numbered" if data["mixin"] == "int" else "members", {"values": tuple(dict.fromkeys(values))})

    def _members(self, node: Mapping[str, Any], where: Where) -> Shape:
        outer, strict = self.config, self.strict
        if node.get("config") is not None:
            self.config = node["config"]
            self.strict = bool(self.config.get("strict"))
        parts, optional, keys = {}, set(), {}
        for name, each in node["fields"].items():
            shared = isinstance(each, int)
            member: Mapping[str, Any] = self.shared[each] if shared else each
            at: Where = ("shared", each) if shared else (*where, "fields", name)
            parts[name] = self.alternatives(member["schema"], (*at, "schema"))
            keys[name] = _frozen(member.get("validation_alias", name))
            if not member.get("required", node.get("total", True)):
                optional.add(name)
        options = {
            "extra": node.get("extra_behavior") or self.config.get("extra_fields_behavior") or "ignore",
            "keys": keys,
            "by_name": bool(self.config.get("validate_by_name")),
            "strict": bool(node.get("strict", self.strict)),
        }
        if "extras_schema" in node or "extras_keys_schema" in node:
            options["extras"] = _frozen([node.get("extras_schema"), node.get("extras_keys_schema")])
        self.config, self.strict = outer, strict
        return Shape("section", options, parts, (), frozenset(optional))

    def _parts(self, node: Mapping[str, Any], where: Where, *keys: str) -> dict[str, tuple[Shape, ...]]:
        return {
            _NAMES[key]: self.alternatives(node[key], (*where, key)) if key in node else (Shape("any"),) for key in keys
        }

    def _options(self, node: Mapping[str, Any], where: Where, *without: str) -> dict[str, Any]:
        """The limits of a value, hydrated, including those from the configuration around it."""
        options = {}
        for key, value in node.items():
            if key not in ("type", "strict", "fail_fast", "items_schema", "keys_schema", "values_schema", *without):
                options[key] = self._value(value, (*where, key))
        if node["type"] not in ("any", "none"):
            options["strict"] = bool(node.get("strict", self.strict))
        for key, name in _FROM_CONFIG.get(node["type"], {}).items():
            if key in self.config:
                options.setdefault(name, self.config[key])
        return _of_text(options) if node["type"] == "str" else options

    def _value(self, value: Any, where: Where) -> Any:
        if where not in self.hydration:
            return _frozen(value)
        from confcontract.verdict.validator import hydrated_value

        kind, data = self.hydration[where]
        return ("pattern", data[0], data[1]) if kind == "pattern" else hydrated_value(kind, data)

    def _opaque(self, node: Mapping[str, Any], where: Where) -> Shape:
        inside = [
            (rest[len(where) :], kind, _frozen(data))
            for rest, (kind, data) in self.hydration.items()
            if rest[: len(where)] == where
        ]
        return Shape(
            "other", {"type": node["type"], "data": _frozen(node), "hydration": tuple(inside), "strict": self.strict}
        )


_SCALARS = ("any", "none", "bool", "int", "float", "decimal", "str", "date", "time", "datetime", "timedelta") + (
    "uuid",
    "url",
    "multi-host-url",
)
_NAMES = {"items_schema": "[]", "keys_schema": "keys", "values_schema": "{}"}
_FROM_CONFIG: dict[str, dict[str, str]] = {
    "str": {
        "str_strip_whitespace": "strip_whitespace",
        "str_min_length": "min_length",
        "str_max_length": "max_length",
        "coerce_numbers_to_str": "coerce_numbers_to_str",
        "regex_engine": "regex_engine",
    },
    "float": {"allow_inf_nan": "allow_inf_nan"},
    "decimal": {"allow_inf_nan": "allow_inf_nan"},
    **{kind: {"val_temporal_unit": "val_temporal_unit"} for kind in ("timedelta", "date", "datetime")},
    **{kind: {"url_preserve_empty_path": "preserve_empty_path"} for kind in ("url", "multi-host-url")},
}


# The options of a configuration that are reported for its members, because they limit the texts that these accept.
CONFIG_OF_VALUES = frozenset(key for keys in _FROM_CONFIG.values() for key in keys) - {"coerce_numbers_to_str"}


def _of_text(options: dict[str, Any]) -> dict[str, Any]:
    """Without options that do not affect a text: strictness, and processing after validation."""
    left_out = {"to_lower", "to_upper"}
    if not options.get("coerce_numbers_to_str"):
        left_out |= {"strict", "coerce_numbers_to_str"}
    if "pattern" not in options:
        left_out.add("regex_engine")
    return {key: value for key, value in options.items() if key not in left_out}


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return value
