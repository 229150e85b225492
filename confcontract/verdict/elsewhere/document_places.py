"""The places of values in a settings document, and the schema for each: the compiled validator, without its choices."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

# Configuration entries that do not affect how a value is read.
_HARMLESS = frozenset(
    ("extra_fields_behavior", "from_attributes", "loc_by_alias", "title", "validate_by_alias", "validate_by_name")
)


class DocumentPlace(NamedTuple):
    """schema: the schema that validates the value, without default and null. pointer: the place of the schema in the
    contract.

    required: by its section. settled: whether nothing else decides if it is required. judged: whether a text reaches
    the schema unchanged. is_plain_section: whether it is a section that ignores further names. default: for a section,
    its value if nothing is set; None if there is none. heads: the keys of the values from which an alias selects it.
    """

    schema: Mapping[str, Any]
    pointer: tuple[Any, ...]
    required: bool
    settled: bool
    judged: bool
    is_plain_section: bool
    default: Any
    heads: frozenset[str]


def places_of(compiled: Mapping[str, Any]) -> dict[tuple[str, ...], DocumentPlace]:
    """By path. Places within a union, a list or the like are left out. Empty if only boot can judge this contract."""
    program = compiled["settings"][0]
    if "environment" not in program["order"]:
        return {}
    root = compiled["validator"]
    pointer: tuple[Any, ...] = ("validator",)
    if root["type"] == "definitions":
        root, pointer = root["schema"], ("validator", "schema")
    if root["type"] != "typed-dict":
        return {}
    walk = _Walk(compiled)
    judged = not (program["enums"] or program["noneStr"] is not None or compiled["coercers"])
    return dict(walk.section(root, pointer, (), {}, settled=True, judged=judged))


class _Walk:
    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self._shared = compiled["shared"]
        program = compiled["settings"][0]
        self._apart = {tuple(entry["path"]) for entry in program.get("nested", ())}  # they read names of their own
        self._has_partial = bool(program.get("partialDefaults"))

    def section(
        self,
        schema: Mapping[str, Any],
        pointer: tuple[Any, ...],
        path: tuple[str, ...],
        config: Mapping[str, Any],
        *,
        settled: bool,
        judged: bool,
    ) -> Iterator[tuple[tuple[str, ...], DocumentPlace]]:
        config = schema.get("config", config)
        judged = judged and not (config.keys() - _HARMLESS or schema.get("strict"))
        for name, held in schema["fields"].items():
            at: tuple[Any, ...] = ("shared", held) if isinstance(held, int) else (*pointer, "fields", name)
            field = self._shared[held] if isinstance(held, int) else held
            required = field.get("required", schema.get("total", True)) and field["schema"]["type"] != "default"
            leaf, at = _bare(field["schema"], (*at, "schema"))
            inner = (*path, name)
            known = settled and inner not in self._apart and not (self._has_partial and leaf["type"] == "typed-dict")
            read = judged and inner not in self._apart
            is_section = leaf["type"] == "typed-dict"
            plain = is_section and known and _is_plain(leaf, config, self._shared)
            default = field["schema"].get("default") if is_section else None
            sure = settled and inner not in self._apart
            yield inner, DocumentPlace(leaf, at, required, sure, read, plain, default, _heads(field))
            if is_section:
                yield from self.section(leaf, at, inner, config, settled=known, judged=read)


def _bare(schema: Mapping[str, Any], pointer: tuple[Any, ...]) -> tuple[Mapping[str, Any], tuple[Any, ...]]:
    """Without default and null, which no text stands for."""
    while schema["type"] in ("default", "nullable") and "on_error" not in schema:
        schema, pointer = schema["schema"], (*pointer, "schema")
    return schema, pointer


def _is_plain(schema: Mapping[str, Any], config: Mapping[str, Any], shared: list[Mapping[str, Any]]) -> bool:
    """Whether a section ignores further names, and none of its members reads them."""
    said = schema.get("extra_behavior") or schema.get("config", config).get("extra_fields_behavior")
    fields = (shared[field] if isinstance(field, int) else field for field in schema["fields"].values())
    return said in (None, "ignore") and not schema.get("strict") and not any(map(_heads, fields))


def _heads(field: Mapping[str, Any]) -> frozenset[str]:
    alias = field.get("validation_alias")
    if alias is None or isinstance(alias, str):
        return frozenset()
    paths = alias if isinstance(alias[0], list) else [alias]
    return frozenset(path[0] for path in paths if len(path) > 1)
