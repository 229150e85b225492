"""Models, dataclasses and typed dicts: all become typed-dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, UrlConstraints
from pydantic_settings import BaseSettings

from confcontract.author.beyond_json import Special
from confcontract.author.constructors import follows_fields
from confcontract.author.field_notes import notes_of
from confcontract.author.introspection import place_of, unmakeable
from confcontract.author.lowering.configuration import EXPLICIT, INHERITED, core_config
from confcontract.author.lowering.simple import DROP, NEVER
from confcontract.author.pydantic_private.class_parts import declared_fields, has_own_post_init
from confcontract.author.pydantic_private.variable_sources import names_left_to_chance
from confcontract.author.remarks import REMARKS, remarked, remarks
from confcontract.author.together import Together

if TYPE_CHECKING:
    from confcontract.author.lowering.lower import Lowering, Path, Schema

# Prefix of the key under which boot adds an instance that was not set: the environment and files can't contain it.
AUTOMATIC = "\0"


def model(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    cls: type[BaseModel] = schema["cls"]
    own: Schema = schema.get("config") or {}
    nested = bool(path) or len(low.open_refs) > 1
    if nested and unmakeable(cls) is not None:
        return _unmade(low, cls, path)
    if not nested and unmakeable(cls) is not None:
        return low.defer(path, "constructor", f"{cls.__qualname__}.__new__", place_of(cls.__new__))
    if schema.get("post_init") and has_own_post_init(cls):
        low.defer(path, "post-init", f"{cls.__qualname__}.model_post_init", place_of(cls.model_post_init))
    if schema.get("custom_init"):
        deferred = _own_constructor(low, cls, path, nested=nested)
        if deferred is not None:
            return deferred
        if nested and issubclass(cls, BaseSettings):
            if low.unions or low.containers:
                return low.defer(path, "type", f"settings class {cls.__qualname__} inside another type")
            if names_left_to_chance(cls):
                name = f"settings class {cls.__qualname__}, of whose names this release takes one by chance"
                return low.defer(path, "type", name)
            low.nested_settings[path] = cls
    if schema.get("root_model"):
        if all(config.get(key) == own.get(key) for key in INHERITED):
            return low.lower(schema["schema"], path, own)
        if any(config.get(key) != own.get(key) and key not in EXPLICIT for key in INHERITED):
            return low.defer(path, "type", f"{cls.__qualname__} has another configuration than the class around it")
        low.spelled_out.append(own)
        lowered = low.lower(schema["schema"], path, own)
        low.spelled_out.pop()
        return lowered
    return _fields_of(low, cls, schema, path, own)


def _own_constructor(low: Lowering, cls: Any, path: Path, *, nested: bool) -> Schema | None:
    """Deferred to a constructor of the application, if it may change the input of the fields.

    A settings class is instantiated without arguments; for a class instantiated from data, the data are the arguments.
    """
    if cls.__init__ in (BaseModel.__init__, BaseSettings.__init__):
        return None
    alone = not nested or (len(low.owners) == 1 and issubclass(low.owners[0], Together))
    follows = follows_fields(cls) if alone and issubclass(cls, BaseSettings) else None
    if follows is False:
        return None
    deferred = low.defer(path, "constructor", f"{cls.__qualname__}.__init__", place_of(cls.__init__))
    return deferred if follows is None else None


def _unmade(low: Lowering, cls: type, path: Path) -> Schema:
    """A type that no text and no data can become; only an instance, as a default, is valid."""
    low.warn_of(path, f"takes no value but its default: {cls.__qualname__} {unmakeable(cls)}")
    if low.unions:  # a value ends the validation with a Python error, unless another member fits better
        return low.defer(path, "type", f"{cls.__qualname__}, which {unmakeable(cls)}")
    return dict(NEVER)


def _fields_of(low: Lowering, cls: type, schema: Schema, path: Path, config: Schema) -> Schema:
    low.owners.append(cls)
    if config.get("strict") or low.in_strict_settings():
        low.loose_urls |= {(*path, name) for name in _with_url_constraints(cls)}
    lowered = low.lower(schema["schema"], path, config)
    low.owners.pop()
    return _of_class(lowered, cls, config)


def _with_url_constraints(cls: type) -> list[str]:
    """Fields with constraints on a URL beside its type. They have no effect where strict mode makes the URL first."""
    fields = declared_fields(cls) or {}
    return [name for name, field in fields.items() if any(isinstance(m, UrlConstraints) for m in field.metadata)]


def _of_class(lowered: Schema, cls: type, config: Schema) -> Schema:
    if lowered["type"] == "typed-dict":
        lowered["config"] = {**core_config(config), "loc_by_alias": False}
        lowered[REMARKS] = {"cls": cls, "shape": "model"}
    elif "shape_of" in remarks(lowered):  # a validator of the application is between a class and its fields
        return remarked(lowered, shape_of=_of_class(remarks(lowered)["shape_of"], cls, config))
    return lowered


def model_fields(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    fields = {name: _field(low, name, field, (*path, name), config) for name, field in schema["fields"].items()}
    lowered: Schema = {"type": "typed-dict", "fields": fields}
    for key in ("extra_behavior", "strict"):
        if schema.get(key) is not None:
            lowered[key] = schema[key]
    for key in ("extras_schema", "extras_keys_schema"):
        if schema.get(key) is not None:
            lowered[key] = low.lower(schema[key], path, config)
    return lowered


def _field(low: Lowering, name: str, field: Schema, path: Path, config: Schema) -> Schema:
    secret = notes_of(low.owners[-1], name).secret
    low.secrets += secret
    if path in low.given:  # regardless of other options
        shape = low.shape_of(field["schema"], path, config)
        inner = remarked(low.defer(path, "argument", name), shape_of=shape, computed=True)
    else:
        inner = low.lower(field["schema"], path, config)
    low.secrets -= secret
    if secret:
        inner = remarked(inner, secret=True)
    computed = remarks(inner).get("computed", False) or () in remarks(inner).get("in_code", ())
    lowered: Schema = {
        "type": "typed-dict-field",
        "schema": inner,
        "required": inner["type"] != "default" and not computed and field.get("required", True),
    }
    choices = alias_choices(name, field.get("validation_alias"), config)
    if path in low.automatic_settings and config.get("validate_by_alias") is not False:
        # boot makes the instance that was not set, under a key that nothing else can use
        choices = [*choices, [AUTOMATIC + name]]
        lowered["validation_alias"] = choices
    elif field.get("validation_alias") is not None:
        lowered["validation_alias"] = field["validation_alias"]
    low.choices[path] = choices
    return lowered


def typed_dict(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    own = {**config, **(schema.get("config") or {})}
    low.owners.append(schema.get("cls", dict))
    lowered = model_fields(low, schema, path, own)
    low.owners.pop()
    total = schema.get("total", own.get("typed_dict_total", True))
    for name, field in schema["fields"].items():
        lowered["fields"][name]["required"] = field.get("required", total) and (
            lowered["fields"][name]["schema"]["type"] != "default"
        )
    lowered["config"] = {**core_config(own), "loc_by_alias": False}
    return remarked(lowered, cls=schema.get("cls"))


def dataclass(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    cls = schema["cls"]
    if unmakeable(cls) is not None:
        return _unmade(low, cls, path)
    if schema.get("post_init"):
        low.defer(path, "post-init", f"{cls.__qualname__}.__post_init__", place_of(cls.__post_init__))
    own: Schema = schema.get("config") or {}
    if own.get("strict") or schema.get("strict"):
        return dict(NEVER)  # a strict dataclass, unlike a model, accepts only instances: no text can become one
    return _fields_of(low, cls, schema, path, own)


def dataclass_args(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    if any(field.get("init") is False or field.get("init_only") for field in schema["fields"]):
        return low.defer(path, "type", f"{schema['dataclass_name']} has fields that its constructor does not take")
    fields = {
        field["name"]: _field(low, field["name"], field, (*path, field["name"]), config) for field in schema["fields"]
    }
    lowered: Schema = {"type": "typed-dict", "fields": fields}
    if "allow" in (schema.get("extra_behavior"), config.get("extra_fields_behavior")):
        lowered["extra_behavior"] = "ignore"  # it accepts them, and does not pass them to its fields
    elif schema.get("extra_behavior") is not None:
        lowered["extra_behavior"] = schema["extra_behavior"]
    return lowered


def named_tuple(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    cls = schema["cls"]
    fields = []
    for field in schema["fields"]:
        lowered = {key: value for key, value in field.items() if key not in DROP}
        low.containers += 1
        lowered["schema"] = low.lower(field["schema"], path, config)
        low.containers -= 1
        if remarks(lowered["schema"]).get("computed"):
            return low.defer(path, "type", f"named tuple {cls.__qualname__} with a computed default")
        fields.append(lowered)
    names = [field["name"] for field in schema["fields"]]
    made = Special("namedTuple", [cls.__name__, names])
    return {"type": "named-tuple", "cls": made, "cls_name": cls.__name__, "fields": fields, REMARKS: {"cls": cls}}


def call(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    """The result of a function of the application. Before pydantic 2.14 a named tuple is one as well: then only the
    names of its parts are known.
    """
    made, arguments = schema["function"], schema["arguments_schema"]
    if not (isinstance(made, type) and issubclass(made, tuple) and arguments["type"] == "arguments"):
        return low.defer(path, "type", "call")
    parts = [{"name": each["name"], "schema": each["schema"]} for each in arguments["arguments_schema"]]
    shape = low.shape_of({"type": "named-tuple", "cls": made, "fields": parts}, path, config)
    return remarked(low.defer(path, "type", f"named tuple {made.__qualname__}"), shape_of=shape)


def alias_choices(name: str, alias: Any, config: Schema) -> list[list[Any]]:
    by_name = config.get("validate_by_name", config.get("populate_by_name"))
    if alias is None or config.get("validate_by_alias") is False:
        return [[name]]
    if isinstance(alias, str):
        choices: list[list[Any]] = [[alias]]
    else:
        choices = [list(path) for path in alias] if isinstance(alias[0], list) else [list(alias)]
    return [*choices, [name]] if by_name and [name] not in choices else choices
