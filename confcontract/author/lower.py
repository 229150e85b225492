"""Lower a pydantic core schema into plain data that boot can feed to `SchemaValidator`.

Models and dataclasses become typed-dicts, pydantic's own wrappers (SecretStr, Path, the DSN types)
become what they wrap, enums become their members. What only the application can run (custom
validators, arbitrary classes) is recorded as *deferred* and lowered so that boot accepts at
least all that the application accepts: an after-validator to what it wraps, everything else
to "any". Format: the core schemas of pydantic_core (its `core_schema` module), of the release
that the contract records.

`remarks()` of a lowered node are for the author's side only (words, JSON Schema); see special.py.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from pydantic import BaseModel
from pydantic_settings import BaseSettings

from confcontract.author import known
from confcontract.author.defaults import project
from confcontract.author.fields import notes_of
from confcontract.author.special import REMARKS, NotBakeable, Special, encode, remarked, remarks

Schema = dict[str, Any]
Path = tuple[str, ...]

# Keys of pydantic_core's CoreConfig that change a verdict or a value.
_CONFIG = (
    "strict",
    "extra_fields_behavior",
    "validate_default",
    "str_max_length",
    "str_min_length",
    "str_strip_whitespace",
    "str_to_lower",
    "str_to_upper",
    "allow_inf_nan",
    "val_json_bytes",
    "val_temporal_unit",
    "coerce_numbers_to_str",
    "regex_engine",
    "validate_by_alias",
    "validate_by_name",
    "url_preserve_empty_path",
)

AUTOMATIC = "\0"

_DROP = ("ref", "metadata", "serialization", "cls", "cls_name", "title")

# Core schema types whose only nested schemas are these keys; everything else in them is data.
_PLAIN: dict[str, tuple[str, ...]] = {
    "any": (),
    "none": (),
    "bool": (),
    "int": (),
    "float": (),
    "decimal": (),
    "fraction": (),
    "complex": (),
    "str": (),
    "bytes": (),
    "date": (),
    "time": (),
    "datetime": (),
    "timedelta": (),
    "uuid": (),
    "url": (),
    "multi-host-url": (),
    "list": ("items_schema",),
    "deque": ("items_schema",),
    "set": ("items_schema",),
    "frozenset": ("items_schema",),
    "dict": ("keys_schema", "values_schema"),
    "ordered-dict": ("keys_schema", "values_schema"),
    "counter": ("keys_schema",),
    "nullable": ("schema",),
    "json": ("schema",),
    "custom-error": ("schema",),
}

# What an environment variable, or the JSON in one, can turn into: an `isinstance` test against
# any other class never passes.
_BORN_OF_TEXT = (str, int, float, bool, list, dict, type(None))


# No text is an instance of the application's classes, but strict mode makes some first; see coercions.Instance.
_NEVER: Schema = {"type": "is-instance", "cls": Special("instance", None)}

# Keys of a configuration that act on whatever is inside, unless a model has a configuration of its own.
_OF_MODELS = ("extra_fields_behavior", "validate_default", "validate_by_alias", "validate_by_name")
_INHERITED = tuple(key for key in _CONFIG if key not in _OF_MODELS)


# A root model vanishes in lowering, and its configuration with it: where that differs from what is around
# it, the nodes inside say it themselves. Key of the configuration → key of the node, and what it is by default.
_EXPLICIT: dict[str, tuple[str, Any]] = {
    "strict": ("strict", False),
    "str_strip_whitespace": ("strip_whitespace", False),
    "str_to_lower": ("to_lower", False),
    "str_to_upper": ("to_upper", False),
    "str_min_length": ("min_length", 0),
    "coerce_numbers_to_str": ("coerce_numbers_to_str", False),
    "allow_inf_nan": ("allow_inf_nan", True),
    "regex_engine": ("regex_engine", "rust-regex"),
}
_OF_STRINGS = [key for key in _EXPLICIT if key.startswith("str_") or key in ("coerce_numbers_to_str", "regex_engine")]
_WITHOUT_STRICT = ("any", "none", "nullable", "json", "custom-error")
_SPELLED = frozenset(_PLAIN) | {"tuple", "literal", "enum", "union", "tagged-union", "lax-or-strict"}


class Deferral:
    """One thing that only the application can check: `kind` says what, `name` and `place` where."""

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
    """One run over one core schema. `deferrals` and `definitions` fill up as it goes."""

    def __init__(self, definitions: list[Schema] | None = None) -> None:
        self.deferrals: list[Deferral] = []
        self.definitions: dict[str, Schema] = {}
        self.nested_settings: dict[Path, type[BaseSettings]] = {}
        # those among them that are made without input from around them, and their constructor's arguments
        self.automatic_settings: dict[Path, dict[str, Any]] = {}
        self._sources: dict[str, Schema] = {schema["ref"]: schema for schema in definitions or ()}
        self._open: list[str] = []
        self._names: dict[str, str] = {}
        self.secrets = 0  # how many fields we are inside of that their author marked as secret
        self._spelled_out: list[Schema] = []  # configurations of root models that differ from what is around them
        self._choices: dict[Path, list[list[Any]]] = {}
        self._owners: list[type] = []  # the classes whose fields are being lowered
        self._loose_urls: set[Path] = set()
        self._unions = 0  # how many unions we are inside of: there, how exactly a value fits decides
        self._containers = 0  # how many lists, mappings, … we are inside of
        self._json = 0  # how many Json[...] we are inside of: there, values are validated in JSON mode

    def run(self, core: Schema) -> Schema:
        """The lowered schema of `core`, with `definitions` around it where it is recursive."""
        if core["type"] == "definitions":
            self._sources.update({schema["ref"]: schema for schema in core["definitions"]})
            core = core["schema"]
        lowered = self.lower(core, (), {})
        if self.definitions:
            return {"type": "definitions", "schema": lowered, "definitions": list(self.definitions.values())}
        return lowered

    def lower(self, schema: Schema, path: Path, config: Schema) -> Schema:
        kind = schema["type"]
        ref = schema.get("ref")
        if ref in self._open:
            return self._recursive(ref)
        if ref is not None:
            self._sources.setdefault(ref, schema)
            self._open.append(ref)
        try:
            if kind in _PLAIN:
                lowered = self._plain(schema, path, config)
            elif kind.startswith("function-"):
                lowered = self._function(schema, path, config)
            else:
                method = getattr(self, "_" + kind.replace("-", "_"), None)
                lowered = method(schema, path, config) if method else self.defer(path, "type", kind)
        finally:
            if ref is not None:
                self._open.pop()
        if self._spelled_out and lowered["type"] in _SPELLED:
            lowered = _spell_out(lowered, self._spelled_out[-1])
        if known.is_secret_core(schema):
            lowered = remarked(lowered, secret=True)
        if ref in self._names:
            self.definitions.setdefault(ref, {**lowered, "ref": self._names[ref]})
            return {"type": "definition-ref", "schema_ref": self._names[ref]}
        return lowered

    def defer(self, path: Path, kind: str, name: str, place: str | None = None, schema: Schema | None = None) -> Schema:
        """Record what only the application can check; boot goes by `schema`, or accepts anything."""
        known_already = any((d.path, d.kind, d.name) == (path, kind, name) for d in self.deferrals)
        if not known_already:
            self.deferrals.append(Deferral(path, kind, name, place))
        return schema if schema is not None else {"type": "any"}

    # -- recursion ---------------------------------------------------------------------------

    def _recursive(self, ref: str) -> Schema:
        name = self._names.setdefault(ref, ref.rsplit(":", 1)[0])  # pydantic's refs end in a memory address
        taken = [other for key, other in self._names.items() if key != ref]
        if name in taken:
            name = self._names[ref] = f"{name}:{len(self._names)}"
        return {"type": "definition-ref", "schema_ref": name}

    def _definition_ref(self, schema: Schema, path: Path, config: Schema) -> Schema:
        return self.lower(self._sources[schema["schema_ref"]], path, config)

    def _definitions(self, schema: Schema, path: Path, config: Schema) -> Schema:
        self._sources.update({inner["ref"]: inner for inner in schema["definitions"]})
        return self.lower(schema["schema"], path, config)

    # -- simple and container types ----------------------------------------------------------

    def _plain(self, schema: Schema, path: Path, config: Schema) -> Schema:
        lowered: Schema = {}
        for key, value in schema.items():
            if key in _DROP or value is None:
                continue
            if key in _PLAIN[schema["type"]]:
                self._json += schema["type"] == "json"
                self._containers += schema["type"] != "nullable"
                lowered[key] = self.lower(value, path, config)
                self._json -= schema["type"] == "json"
                self._containers -= schema["type"] != "nullable"
            else:
                try:
                    lowered[key] = encode(value)
                except NotBakeable:
                    return self.defer(path, "constraint", f"{schema['type']}.{key}")
        return lowered

    def _tuple(self, schema: Schema, path: Path, config: Schema) -> Schema:
        lowered = {key: value for key, value in schema.items() if key not in _DROP and value is not None}
        self._containers += 1
        lowered["items_schema"] = [self.lower(item, path, config) for item in schema["items_schema"]]
        self._containers -= 1
        return lowered

    def _lax_or_strict(self, schema: Schema, path: Path, config: Schema) -> Schema:
        if not self._unions and not config.get("strict") and not schema.get("strict"):
            return self.lower(schema["lax_schema"], path, config)
        result = {k: v for k, v in schema.items() if k not in _DROP and v is not None}
        result["lax_schema"] = self.lower(schema["lax_schema"], path, config)
        result["strict_schema"] = self.lower(schema["strict_schema"], path, config)
        return result

    def _json_or_python(self, schema: Schema, path: Path, config: Schema) -> Schema:
        if not self._json:
            return self.lower(schema["python_schema"], path, config)
        lowered = {key: self.lower(schema[key], path, config) for key in ("json_schema", "python_schema")}
        return {"type": "json-or-python", **lowered}

    def _chain(self, schema: Schema, path: Path, config: Schema) -> Schema:
        # Sequence[T] asks for a Sequence first; the list that follows refuses all else by itself
        steps = [step for step in schema["steps"] if step.get("cls_repr") != "Sequence"]
        lowered = [self.lower(step, path, config) for step in steps]
        return lowered[0] if len(lowered) == 1 else {"type": "chain", "steps": lowered}

    def _is_instance(self, schema: Schema, path: Path, config: Schema) -> Schema:
        plain = known.plain_test(schema["cls"])
        if plain is not None:
            return {"type": "is-instance", "cls": Special("class", plain)}
        if _born_of_text(schema["cls"]):
            name = getattr(schema["cls"], "__qualname__", str(schema["cls"]))
            return self.defer(path, "type", f"instance of {name}")
        return dict(_NEVER)

    def check_members(self, path: Path, members: list[Any]) -> None:
        """Overridden where members that hold a password are refused: they are readable in the image."""

    def _literal(self, schema: Schema, path: Path, config: Schema) -> Schema:
        members = [known.literal_member(m) for m in schema["expected"] if not isinstance(m, bytes)]  # never text
        self.check_members(path, members)
        if any(member is known.UNLOWERABLE for member in members):
            return self.defer(path, "type", "Literal of members that are no strings, numbers or booleans")
        return {"type": "literal", "expected": members} if members else dict(_NEVER)

    def _enum(self, schema: Schema, path: Path, config: Schema) -> Schema:
        cls: type[Enum] = schema["cls"]
        if schema.get("missing") is not None or not known.is_plain_enum(cls):
            return self.defer(path, "enum", cls.__qualname__, known.place_of(cls))
        values = [known.as_json(member.value) for member in schema["members"]]
        self.check_members(path, values)
        lowered: Schema = {"type": "enum", "cls": Special("enum", known.enum_data(cls)), "members": None}
        for key in ("sub_type", "strict"):
            if schema.get(key) is not None:
                lowered[key] = schema[key]
        lowered[REMARKS] = {"members": values}
        return lowered

    # -- unions ------------------------------------------------------------------------------

    def _union(self, schema: Schema, path: Path, config: Schema) -> Schema:
        choices: list[Any] = []
        self._unions += 1
        for choice in schema["choices"]:
            inner, label = choice if isinstance(choice, tuple) else (choice, None)
            lowered = self.lower(inner, path, config)
            if lowered["type"] != "is-instance":  # such a choice never takes what is born of text
                choices.append(Special("pair", [lowered, label]) if label is not None else lowered)
        self._unions -= 1
        if len(choices) == 1 and isinstance(choices[0], dict):
            only: Schema = choices[0]
            return only
        result = {k: v for k, v in schema.items() if k not in (*_DROP, "choices") and v is not None}
        result["choices"] = choices
        kinds = {_shape(choice.data[0] if isinstance(choice, Special) else choice) for choice in choices}
        if "model" in kinds and len(kinds & {"model", "mapping", "any"}) > 1:
            # Which member wins depends on how exactly a *model instance* fits; a typed-dict ranks otherwise.
            return self.defer(path, "type", "union of models and mappings", schema=result)
        return result

    def _tagged_union(self, schema: Schema, path: Path, config: Schema) -> Schema:
        if callable(schema["discriminator"]):
            name = getattr(schema["discriminator"], "__qualname__", "discriminator")
            return self.defer(path, "discriminator", name, known.place_of(schema["discriminator"]))
        pairs = []
        for tag, choice in schema["choices"].items():
            plain_tag = known.literal_member(tag)
            if plain_tag is known.UNLOWERABLE:
                return self.defer(path, "discriminator", repr(tag))
            pairs.append([plain_tag, self.lower(choice, path, config)])
        result = {k: v for k, v in schema.items() if k not in (*_DROP, "choices") and v is not None}
        result["choices"] = Special("map", pairs)
        return result

    # -- defaults ----------------------------------------------------------------------------

    def _default(self, schema: Schema, path: Path, config: Schema) -> Schema:
        inner = self.lower(schema["schema"], path, config)
        lowered: Schema = {"type": "default", "schema": inner}
        for key in ("on_error", "copy_default"):
            if schema.get(key) is not None:
                lowered[key] = schema[key]
        if schema.get("default_factory") is not None:
            return self._factory(lowered, schema, path, config)
        return self._static(lowered, schema, path, config)

    def _factory(self, lowered: Schema, schema: Schema, path: Path, config: Schema) -> Schema:
        factory = schema["default_factory"]
        if factory in known.PURE_FACTORIES:
            return self._static(lowered, {**schema, "default": factory()}, path, config)
        if isinstance(factory, type) and issubclass(factory, BaseModel):
            complete = issubclass(factory, BaseSettings) or not known.has_required(lowered["schema"])
            if remarks(lowered["schema"]).get("cls") is factory and complete:
                # `default_factory=Sub` is what validating an empty mapping gives
                lowered.update(default={}, validate_default=True)
                if issubclass(factory, BaseSettings):
                    self.automatic_settings[path] = {}
                return lowered
        name = getattr(factory, "__qualname__", repr(type(factory)))
        return self._computed(lowered, path, "default-factory", name.rsplit(".", 1)[-1], known.place_of(factory))

    def _static(self, lowered: Schema, schema: Schema, path: Path, config: Schema) -> Schema:
        value = schema["default"]
        if isinstance(value, BaseSettings) and remarks(lowered["schema"]).get("cls") is type(value):
            # An instance made while the class was declared read the environment of that process;
            # at start the same line reads the environment that the app is given.
            arguments = known.constructor_arguments(value)
            if arguments is None:
                return self._computed(lowered, path, "default", f"{type(value).__qualname__}(...)")
            lowered.update(default={}, validate_default=True)
            self.automatic_settings[path] = arguments
            return lowered
        validates = schema.get("validate_default", config.get("validate_default", False))
        if validates:
            value = self.validated(schema["schema"], value, config, path)
        lowered["validate_default"] = False  # it is validated at bake, and held in its JSON form
        try:
            lowered["default"] = project(value)
        except NotBakeable as error:
            return self._computed(lowered, path, "default", str(error))
        return lowered

    def _computed(self, lowered: Schema, path: Path, kind: str, name: str, place: str | None = None) -> Schema:
        """A field whose default only the application can make: the document leaves it out."""
        self.defer(path, kind, name, place)
        inner: Schema = lowered["schema"]
        return remarked(inner, computed=True)

    def validated(self, schema: Schema, value: Any, config: Schema, path: Path) -> Any:
        """The default as the application sees it. Overridden where defaults are really checked."""
        return value

    # -- models ------------------------------------------------------------------------------

    def _model(self, schema: Schema, path: Path, config: Schema) -> Schema:
        cls: type[BaseModel] = schema["cls"]
        own: Schema = schema.get("config") or {}
        nested = bool(path) or len(self._open) > 1
        if schema.get("post_init") and not known.is_own_post_init(cls):
            self.defer(path, "post-init", f"{cls.__qualname__}.model_post_init", known.place_of(cls.model_post_init))
        if schema.get("custom_init"):
            if cls.__init__ not in (BaseModel.__init__, BaseSettings.__init__):
                return self.defer(path, "constructor", f"{cls.__qualname__}.__init__", known.place_of(cls.__init__))
            if nested and issubclass(cls, BaseSettings):
                if self._unions or self._containers:
                    return self.defer(path, "type", f"settings class {cls.__qualname__} inside of another type")
                self.nested_settings[path] = cls
        if schema.get("root_model"):
            if all(config.get(key) == own.get(key) for key in _INHERITED):
                return self.lower(schema["schema"], path, own)
            if any(config.get(key) != own.get(key) and key not in _EXPLICIT for key in _INHERITED):
                return self.defer(path, "type", f"{cls.__qualname__} has another configuration than what is around it")
            self._spelled_out.append(own)
            lowered = self.lower(schema["schema"], path, own)
            self._spelled_out.pop()
            return lowered
        if own.get("strict"):
            self._loose_urls |= {(*path, name) for name in known.with_url_constraints(cls)}
        return self._fields_of(cls, schema, path, own)

    def _fields_of(self, cls: type, schema: Schema, path: Path, config: Schema) -> Schema:
        self._owners.append(cls)
        lowered = self.lower(schema["schema"], path, config)
        self._owners.pop()
        if lowered["type"] == "typed-dict":
            lowered["config"] = {**_config(config), "loc_by_alias": False}
            lowered[REMARKS] = {"cls": cls, "shape": "model"}
        return lowered

    def _model_fields(self, schema: Schema, path: Path, config: Schema) -> Schema:
        fields = {
            name: self._field(name, field, (*path, name), config) for name, field in schema["fields"].items()
        }
        lowered: Schema = {"type": "typed-dict", "fields": fields}
        for key in ("extra_behavior", "strict"):
            if schema.get(key) is not None:
                lowered[key] = schema[key]
        for key in ("extras_schema", "extras_keys_schema"):
            if schema.get(key) is not None:
                lowered[key] = self.lower(schema[key], path, config)
        return lowered

    def _field(self, name: str, field: Schema, path: Path, config: Schema) -> Schema:
        secret = notes_of(self._owners[-1], name).secret
        self.secrets += secret
        inner = self.lower(field["schema"], path, config)
        self.secrets -= secret
        if secret:
            inner = remarked(inner, secret=True)
        computed = remarks(inner).get("computed", False)
        lowered: Schema = {
            "type": "typed-dict-field",
            "schema": inner,
            "required": inner["type"] != "default" and not computed and field.get("required", True),
        }
        choices = _alias_choices(name, field.get("validation_alias"), config)
        self._choices[path] = choices
        if path in self.automatic_settings:
            # boot makes the instance that nobody gave, and puts it where nothing else can be
            lowered["validation_alias"] = [*choices, [AUTOMATIC + name]]
        elif field.get("validation_alias") is not None:
            lowered["validation_alias"] = field["validation_alias"]
        return lowered

    def alias_choices(self, path: Path) -> list[list[list[Any]]]:
        """For each field on a path: the paths in the data by which validation finds it, best first."""
        return [self._choices[path[: length + 1]] for length in range(len(path))]

    def _typed_dict(self, schema: Schema, path: Path, config: Schema) -> Schema:
        own = {**config, **(schema.get("config") or {})}
        self._owners.append(schema.get("cls", dict))
        lowered = self._model_fields(schema, path, own)
        self._owners.pop()
        total = schema.get("total", own.get("typed_dict_total", True))
        for name, field in schema["fields"].items():
            lowered["fields"][name]["required"] = field.get("required", total) and (
                lowered["fields"][name]["schema"]["type"] != "default"
            )
        lowered["config"] = {**_config(own), "loc_by_alias": False}
        return lowered

    def _dataclass(self, schema: Schema, path: Path, config: Schema) -> Schema:
        cls = schema["cls"]
        if schema.get("post_init"):
            self.defer(path, "post-init", f"{cls.__qualname__}.__post_init__", known.place_of(cls.__post_init__))
        own: Schema = schema.get("config") or {}
        if own.get("strict") or schema.get("strict"):
            return dict(_NEVER)  # a strict dataclass, unlike a model, takes only instances: no text becomes one
        return self._fields_of(cls, schema, path, own)

    def _dataclass_args(self, schema: Schema, path: Path, config: Schema) -> Schema:
        if any(field.get("init") is False or field.get("init_only") for field in schema["fields"]):
            return self.defer(path, "type", f"{schema['dataclass_name']} has fields outside of its constructor")
        fields = {field["name"]: self._field(field["name"], field, (*path, field["name"]), config) for field in schema["fields"]}
        lowered: Schema = {"type": "typed-dict", "fields": fields}
        if "allow" in (schema.get("extra_behavior"), config.get("extra_fields_behavior")):
            lowered["extra_behavior"] = "ignore"  # it takes them, and keeps them off its fields
        elif schema.get("extra_behavior") is not None:
            lowered["extra_behavior"] = schema["extra_behavior"]
        return lowered

    def _named_tuple(self, schema: Schema, path: Path, config: Schema) -> Schema:
        return self.defer(path, "type", f"named tuple {schema['cls'].__qualname__}")

    # -- functions ---------------------------------------------------------------------------

    def _function(self, schema: Schema, path: Path, config: Schema) -> Schema:
        function = schema["function"]["function"]
        replaced = known.replacement(schema, function)
        if replaced is known.IDENTITY:
            if path in self._loose_urls:
                return self.defer(path, "constraint", "UrlConstraints, which strict mode passes over")
            return self.lower(schema["schema"], path, config)
        if replaced is not None:
            kind = "function-plain" if schema["type"] == "function-plain" else replaced.mode
            lowered: Schema = {"type": kind, "function": {"type": "no-info", "function": replaced.special}}
            if kind != "function-plain":
                lowered["schema"] = self.lower(schema["schema"], path, config)
            lowered[REMARKS] = replaced.notes
            return lowered
        name, place = known.name_of(function), known.place_of(function)
        inner = schema.get("schema")
        kind = "model-validator" if inner is not None and known.around_model(inner) else "validator"
        if schema["type"] == "function-after" and inner is not None:
            return self.defer(path, kind, name, place, schema=self.lower(inner, path, config))
        if inner is not None:
            # What it wraps is not lowered for boot, but its shape is kept for the documentation.
            quiet = Lowering()
            quiet._sources = self._sources
            quiet._open = list(self._open)
            quiet._owners = list(self._owners)
            shape = quiet.lower(inner, path, config)
            self.nested_settings.update(quiet.nested_settings)
            self._choices.update(quiet._choices)
            return remarked(self.defer(path, kind, name, place), shape_of=shape)
        return self.defer(path, kind, name, place)


def _spell_out(lowered: Schema, config: Schema) -> Schema:
    kind = lowered["type"]
    keys = ["strict"] if kind not in _WITHOUT_STRICT else []
    keys += _OF_STRINGS if kind == "str" else ["allow_inf_nan"] if kind == "float" else []
    said = {_EXPLICIT[key][0]: config.get(key, _EXPLICIT[key][1]) for key in keys}
    return {**said, **lowered}


def _alias_choices(name: str, alias: Any, config: Schema) -> list[list[Any]]:
    by_name = config.get("validate_by_name", config.get("populate_by_name"))
    if alias is None or config.get("validate_by_alias") is False:
        return [[name]]
    if isinstance(alias, str):
        choices: list[list[Any]] = [[alias]]
    else:
        choices = [list(path) for path in alias] if isinstance(alias[0], list) else [list(alias)]
    return [*choices, [name]] if by_name and [name] not in choices else choices


def _config(config: Schema) -> Schema:
    return {key: config[key] for key in _CONFIG if config.get(key) is not None}


def _born_of_text(target: Any) -> bool:
    """Whether a value that came out of text or JSON can pass `isinstance(value, target)`."""
    try:
        return any(issubclass(cls, target) for cls in _BORN_OF_TEXT)
    except TypeError:
        return True


def _shape(lowered: Schema) -> str:
    kind = lowered["type"]
    if kind in ("default", "nullable"):
        return _shape(lowered["schema"])
    if remarks(lowered).get("shape") == "model":
        return "model"
    if kind in ("dict", "ordered-dict", "counter", "typed-dict"):
        return "mapping"
    return "any" if kind == "any" else "other"
