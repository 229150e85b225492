"""Lower a pydantic core schema into plain data that boot can feed to `SchemaValidator`.

Models and dataclasses become typed-dicts. Pydantic's own wrappers (SecretStr, Path, the DSN types) become the type that
they wrap. Enums become their members. Code that only the application can run (custom validators, arbitrary classes) is
recorded as *deferred*, and lowered so that boot accepts at least everything that the application accepts: an
after-validator becomes the type that it wraps, everything else "any". Format: the core schemas of pydantic_core (its
`core_schema` module), of the release that the contract records.

`remarks()` of a lowered node are for the author's side only (words, JSON Schema); see author/remarks.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_settings import BaseSettings

from confcontract.author.lowering import default_nodes, functions, models, simple, unions
from confcontract.author.lowering.configuration import SPELLED, limits_texts, spell_out
from confcontract.author.pydantic_private.class_parts import name_in_ref
from confcontract.author.pydantic_private.core_functions import is_secret_core, is_secret_text_core
from confcontract.author.remarks import remarked

Schema = dict[str, Any]
Path = tuple[str, ...]


class Deferral:
    """Something that only the application can check: `kind` is its kind, `name` and `place` identify it."""

    def __init__(self, path: Path, kind: str, name: str, place: str | None) -> None:
        self.path = path
        self.kind = kind
        self.name = name
        self.place = place

    def as_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"kind": self.kind, "name": self.name, "path": list(self.path)}
        if self.place:
            data["declaredAt"] = self.place
        return data


class Lowering:
    """One run over one core schema. It collects `deferrals` and `definitions`."""

    def __init__(self, definitions: list[Schema] | None = None) -> None:
        self.deferrals: list[Deferral] = []
        self.definitions: dict[str, Schema] = {}
        self.nested_settings: dict[Path, type[BaseSettings]] = {}
        # those of them that are made without input from the outside, and their constructor's arguments
        self.automatic_settings: dict[Path, dict[str, Any]] = {}
        # defaults that are instances of settings classes, made on import: the arguments given by the author
        self.made: dict[Path, dict[str, Any]] = {}
        self.given: frozenset[Path] = frozenset()  # the arguments that the application's code passes to the constructor
        self.sources: dict[str, Schema] = {schema["ref"]: schema for schema in definitions or ()}
        self.open_refs: list[str] = []
        self.ref_names: dict[str, str] = {}
        self.cleared = False  # whether the author declares that secret-like names in a default are not secrets
        self.secrets = 0  # how many fields around us the author marked as secret
        self.spelled_out: list[Schema] = []  # configurations of root models that differ from those around them
        self.choices: dict[Path, list[list[Any]]] = {}
        self.discriminators: set[str] = set()  # fields that distinguish the members of a tagged union
        self.owners: list[type] = []  # the classes whose fields are being lowered
        self.loose_urls: set[Path] = set()
        self.unions = 0  # how many unions are around us: there, the exactness of a match decides
        self.containers = 0  # how many lists, mappings, … are around us
        self.json = 0  # how many Json[...] are around us: there, values are validated in JSON mode

    def run(self, core: Schema) -> Schema:
        """The lowered schema of `core`, with `definitions` around it if it is recursive."""
        if core["type"] == "definitions":
            self.sources.update({schema["ref"]: schema for schema in core["definitions"]})
            core = core["schema"]
        lowered = self.lower(core, (), {})
        if self.definitions:
            return {"type": "definitions", "schema": lowered, "definitions": list(self.definitions.values())}
        return lowered

    def lower(self, schema: Schema, path: Path, config: Schema) -> Schema:
        kind = schema["type"]
        ref = schema.get("ref")
        if ref in self.open_refs:
            return self._recursive(ref)
        if ref is not None:
            self.sources.setdefault(ref, schema)
            self.open_refs.append(ref)
        try:
            rule = _RULES.get(kind)
            lowered = rule(self, schema, path, config) if rule else self.defer(path, "type", kind)
        finally:
            if ref is not None:
                self.open_refs.pop()
        if self.spelled_out and lowered["type"] in SPELLED:
            lowered = spell_out(lowered, self.spelled_out[-1])
        if is_secret_text_core(schema) and limits_texts(config) and self._may_be_made_first(config):
            deferred = self.defer(path, "constraint", "limits of texts, which a SecretStr made before passes over")
            lowered = remarked(deferred, shape_of=lowered)
        if is_secret_core(schema):
            lowered = remarked(lowered, secret=True)
        if ref in self.ref_names:
            self.definitions.setdefault(ref, {**lowered, "ref": self.ref_names[ref]})
            return {"type": "definition-ref", "schema_ref": self.ref_names[ref]}
        return lowered

    def in_strict_settings(self) -> bool:
        """Whether pydantic-settings makes objects from text before it validates the class, in its sections too."""
        return any(issubclass(each, BaseSettings) and each.model_config.get("strict") for each in self.owners)

    def _may_be_made_first(self, config: Schema) -> bool:
        """Whether pydantic-settings may make an object here: in strict settings, or in a union with a strict member."""
        return bool(config.get("strict")) or self.in_strict_settings() or self.unions > 0

    def defer(self, path: Path, kind: str, name: str, place: str | None = None, schema: Schema | None = None) -> Schema:
        """Record something that only the application can check. boot validates with `schema`, or accepts anything."""
        known_already = any((d.path, d.kind, d.name) == (path, kind, name) for d in self.deferrals)
        if not known_already:
            self.deferrals.append(Deferral(path, kind, name, place))
        return schema if schema is not None else {"type": "any"}

    def shape_of(self, schema: Schema, path: Path, config: Schema) -> Schema:
        """Lower a schema that boot will not validate: only for its names and words. Nothing in it is deferred."""
        quiet = self.fresh()
        quiet.sources = self.sources
        quiet.open_refs = list(self.open_refs)
        quiet.owners = list(self.owners)
        shape = quiet.lower(schema, path, config)
        self.nested_settings.update(quiet.nested_settings)
        self.choices.update(quiet.choices)
        return shape

    def _recursive(self, ref: str) -> Schema:
        name = self.ref_names.setdefault(ref, name_in_ref(ref))
        taken = [other for key, other in self.ref_names.items() if key != ref]
        if name in taken:
            name = self.ref_names[ref] = f"{name}:{len(self.ref_names)}"
        return {"type": "definition-ref", "schema_ref": name}

    def fresh(self) -> Lowering:
        """Another lowering of the same kind, for an independent part."""
        return Lowering()

    def static_default(self, lowered: Schema, schema: Schema, path: Path, config: Schema) -> Schema:
        """A default that is a value. Overridden by the lowering that refuses secret ones."""
        return default_nodes.static(self, lowered, schema, path, config)

    def validated(self, schema: Schema, value: Any, config: Schema, path: Path) -> Any:
        """The default as the application sees it. Overridden by the lowering that checks defaults."""
        return value

    def warn_of(self, path: Path, what: str) -> None:
        """Overridden by the lowering that reports the reason."""

    def check_members(self, path: Path, members: list[Any]) -> None:
        """Overridden by the lowering that refuses members with a password, because they are readable in the image."""

    def alias_choices(self, path: Path) -> list[list[list[Any]]]:
        """For each field on a path: the paths in the data under which validation finds it, best first."""
        return [self.choices[path[: length + 1]] for length in range(len(path))]


def _definition_ref(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    return low.lower(low.sources[schema["schema_ref"]], path, config)


def _definitions(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    low.sources.update({inner["ref"]: inner for inner in schema["definitions"]})
    return low.lower(schema["schema"], path, config)


Rule = Callable[[Lowering, Schema, Path, Schema], Schema]

_RULES: dict[str, Rule] = {
    **dict.fromkeys(simple.PLAIN, simple.plain),
    **dict.fromkeys(("function-after", "function-before", "function-wrap", "function-plain"), functions.function),
    "call": models.call,
    "chain": simple.chain,
    "dataclass": models.dataclass,
    "dataclass-args": models.dataclass_args,
    "default": default_nodes.default,
    "definition-ref": _definition_ref,
    "definitions": _definitions,
    "enum": simple.enum,
    "is-instance": simple.is_instance,
    "json-or-python": simple.json_or_python,
    "lax-or-strict": simple.lax_or_strict,
    "literal": simple.literal,
    "model": models.model,
    "model-fields": models.model_fields,
    "named-tuple": models.named_tuple,
    "tagged-union": unions.tagged_union,
    "tuple": simple.tuple_,
    "typed-dict": models.typed_dict,
    "union": unions.union,
}
