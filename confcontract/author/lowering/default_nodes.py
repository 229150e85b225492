"""Defaults and default factories: which can be determined at bake, and which only the application can make."""

from __future__ import annotations

import contextlib
import dataclasses
from collections import deque
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_settings import BaseSettings

from confcontract.author.beyond_json import NotBakeable, encode
from confcontract.author.defaults_as_json import SecretDefault, project
from confcontract.author.introspection import place_of
from confcontract.author.machine_independent import asks_clock, has_strict_parts
from confcontract.author.remarks import remarked, remarks
from confcontract.author.settings_as_defaults import MadeFromEnvironment, constructor_arguments

if TYPE_CHECKING:
    from confcontract.author.lowering.lower import Lowering, Path, Schema


_SCALARS = (str, int, float, type(None))  # types whose values may stand for a member of an enum
# Factories whose result is known without calling application code.
_PURE_FACTORIES = (list, dict, set, frozenset, tuple, str, bytes, int, float, bool)


def default(low: Lowering, schema: Schema, path: Path, config: Schema) -> Schema:
    inner = low.lower(schema["schema"], path, config)
    lowered: Schema = {"type": "default", "schema": inner}
    for key in ("on_error", "copy_default"):
        if schema.get(key) is not None:
            lowered[key] = schema[key]
    if schema.get("default_factory") is not None:
        return _factory(low, lowered, schema, path, config)
    if "default" not in schema:  # OnErrorOmit: an invalid item is left out
        return lowered
    return low.static_default(lowered, schema, path, config)


def _factory(low: Lowering, lowered: Schema, schema: Schema, path: Path, config: Schema) -> Schema:
    factory: Any = schema["default_factory"]
    if factory in _PURE_FACTORIES:
        return low.static_default(lowered, {**schema, "default": factory()}, path, config)
    if isinstance(factory, type) and issubclass(factory, BaseModel):
        reads_environment = issubclass(factory, BaseSettings)
        complete = reads_environment or not _has_required(lowered["schema"])
        if remarks(lowered["schema"]).get("cls") is factory and complete:
            # `default_factory=Sub` gives the same as validating an empty mapping
            lowered.update(default={}, validate_default=True)
            if reads_environment:
                low.automatic_settings[path] = {}
            return lowered
    name = getattr(factory, "__qualname__", repr(type(factory)))
    return computed(low, lowered, path, "default-factory", name.rsplit(".", 1)[-1], place_of(factory))


def static(low: Lowering, lowered: Schema, schema: Schema, path: Path, config: Schema) -> Schema:
    value, inner = schema["default"], lowered["schema"]
    if isinstance(value, BaseSettings) and remarks(inner).get("cls") is type(value):
        # An instance made while the class was declared has read the environment of that process;
        # at start the same line reads the environment of the application.
        arguments = constructor_arguments(value)
        if arguments is None:
            if low.owners and updates_defaults(low.owners[-1]):
                given = low.defer(path, "type", f"settings class {type(value).__qualname__}, of which parts are given")
                lowered["schema"] = remarked(given, shape_of=inner)
            return computed(low, lowered, path, "default", f"{type(value).__qualname__}(...)")
        lowered.update(default={}, validate_default=True)
        low.automatic_settings[path] = low.made[path] = arguments
        return lowered
    if isinstance(value, BaseSettings):
        with contextlib.suppress(MadeFromEnvironment, SecretDefault):
            arguments = constructor_arguments(value)
            if arguments is not None:
                low.made[path] = arguments
    lowered["validate_default"] = False  # bake validates it, and the contract holds it in its JSON form
    strict = False
    if is_validated(schema, config):
        value = low.validated(schema["schema"], value, config, path)
        if asks_clock(schema["schema"], low.sources):  # the verdict on it changes with time
            strict = bool(config.get("strict")) or has_strict_parts(schema["schema"], low.sources)
            again = _validated_again(schema["default"], value, low, schema["schema"], strict=strict)
            if again is Again.BY_APPLICATION:
                return computed(low, lowered, path, "default", f"{type(schema['default']).__qualname__}(...)")
            lowered["validate_default"] = again is not Again.NEVER
            value = schema["default"] if again is Again.AS_WRITTEN else value
    try:
        again_strictly = strict and lowered["validate_default"]
        lowered["default"] = encode(value) if again_strictly else project(value, cleared=low.cleared)
    except NotBakeable as error:
        return computed(low, lowered, path, "default", str(error))
    return lowered


class Again(Enum):
    """How boot validates, at every start, a default that may become invalid with time."""

    NEVER = "never"
    AS_MADE = "as made"
    AS_WRITTEN = "as written"
    BY_APPLICATION = "by the application"


def _validated_again(written: Any, made: Any, low: Lowering, schema: Schema, *, strict: bool) -> Again:
    """Objects are accepted unchanged at any time. Their JSON form has the names of fields, so it can't be validated
    instead of them: by aliases, or where only an instance is accepted. A default that was written without objects can
    be. A member of an enum is accepted unchanged, too, because its value could be parsed as a time.

    strict: an enum accepts nothing but its members, which boot does not have.
    """
    if isinstance(written, Enum) and made is written:
        return Again.NEVER
    objects, before = _objects(made, strict), _objects(written, strict)
    if not objects:
        return Again.AS_MADE
    if not before:
        return Again.AS_WRITTEN
    as_they_are = {id(each) for each in objects} <= {id(each) for each in before}
    whole = objects[0] is made or not asks_clock(schema, low.sources, into_objects=False)
    return Again.NEVER if as_they_are and whole else Again.BY_APPLICATION


def _objects(value: Any, strict: bool) -> list[Any]:
    """The models and dataclasses in a value, without those inside them, and the members of enums that their value does
    not represent.
    """
    if isinstance(value, BaseModel) or (dataclasses.is_dataclass(value) and not isinstance(value, type)):
        return [value]
    if isinstance(value, Enum):
        return [value] if strict or not isinstance(value.value, _SCALARS) else []
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple, set, frozenset, deque)):
        return [each for item in value for each in _objects(item, strict)]
    return []


def is_validated(schema: Schema, config: Schema) -> bool:
    """Whether the application validates a default. A settings class does by default, a model does not."""
    return bool(schema.get("validate_default", config.get("validate_default", False)))


def computed(low: Lowering, lowered: Schema, path: Path, kind: str, name: str, place: str | None = None) -> Schema:
    """A field whose default only the application can make: the document leaves it out."""
    low.defer(path, kind, name, place)
    inner: Schema = lowered["schema"]
    return remarked(inner, computed=True)


def updates_defaults(cls: type) -> bool:
    """Whether the values set for a section are merged into the section's default."""
    return issubclass(cls, BaseSettings) and bool(cls.model_config.get("nested_model_default_partial_update"))


def _has_required(lowered: dict[str, Any]) -> bool:
    if lowered["type"] != "typed-dict":
        return True
    return any(field["required"] for field in lowered["fields"].values())
