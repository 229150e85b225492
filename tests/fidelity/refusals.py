"""Why bake may refuse a class that was drawn: each reason is checked against the class itself."""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, get_args, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import EnvSettingsSource
from typing_inspection import typing_objects

from .oracle import settings_verdict
from .spec import Environment, SettingsSpec

# Words of bake's message -> what must be true of the class.
REASONS = {
    "does not pass its own validation": "invalid default",
    "which would be readable in the image": "secret default",
    "shares the environment variable": "colliding names",
}

# What nested_model_default_partial_update meets in some defaults, at every start.
CANT_DUMP = re.compile("PydanticSerializationError|TypeError: first argument must be callable")


def reason_of(settings: type[Any], spec: SettingsSpec, message: str) -> str:
    """The reason; fails where bake gives one that the class does not have."""
    told = next((reason for words, reason in REASONS.items() if words in message), None)
    if told is None and CANT_DUMP.match(settings_verdict(settings, Environment()).reason):
        return "a default that Settings() itself can't handle"
    assert told, f"bake refuses for a reason that this suite doesn't know: {message}\n{spec.source()}"
    true = spec.flaws()
    if told == "invalid default" and (spec.hooks or invalid_defaults(settings)):  # a validator may refuse any default
        true.add(told)
    if told == "secret default" and becomes_secret(settings):  # text that a union makes a secret
        true.add(told)
    if told == "colliding names" and colliding(settings, spec):
        true.add(told)
    assert told in true, f"bake refuses, but the class has no {told}: {message}\n{spec.source()}"
    return told


def invalid_defaults(settings: type[Any]) -> bool:
    """Whether a default, of the class or of a type inside of it, fails its own validation."""
    return any(_fails(info, annotation, config) for info, annotation, config in _fields_within(settings, {}, set()))


def becomes_secret(settings: type[Any]) -> bool:
    """Whether a default of the class, validated, holds a secret."""
    for info in settings.model_fields.values():
        with suppress(ValidationError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = TypeAdapter(list[info.annotation]).validate_python([info.default])  # type: ignore[name-defined]
            if "('**********')" in repr(made):
                return True
    return False


def _fields_within(model: Any, config: dict[str, Any], seen: set[int]) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
    """(default, annotation, configuration) of every field that has a default, of every model in reach."""
    if typing_objects.is_typealiastype(model):
        model = model.__value__
    for inner in get_args(model):
        yield from _fields_within(inner, config, seen)
    if not isinstance(model, type) or id(model) in seen:
        return
    seen.add(id(model))
    own = getattr(model, "model_config", getattr(model, "__pydantic_config__", config))
    fields: list[tuple[Any, Any]] = []
    known = getattr(model, "__pydantic_fields__", None)
    if known is not None:
        fields = [(info.rebuild_annotation(), _made(info)) for info in known.values()]
    elif dataclasses.is_dataclass(model) or hasattr(model, "__annotations__"):
        hints = get_type_hints(model, include_extras=True)
        fields = [(hint, getattr(model, name, PydanticUndefined)) for name, hint in hints.items()]
    for annotation, default in fields:
        if default is not PydanticUndefined and default is not Ellipsis:
            yield default, annotation, own
        yield from _fields_within(annotation, own, seen)


def _made(info: FieldInfo) -> Any:
    if info.default_factory in (list, dict, set):
        return info.get_default(call_default_factory=True)
    return PydanticUndefined if info.default_factory else info.default


def _fails(default: Any, annotation: Any, config: dict[str, Any]) -> bool:
    kept: Any = {key: value for key, value in config.items() if key in ConfigDict.__annotations__}
    for tried in (kept, None):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                TypeAdapter(list[annotation], config=tried).validate_python([default])
        except ValidationError:
            return True
        except Exception:
            continue
    return False


def colliding(settings: type[Any], spec: SettingsSpec) -> bool:
    """Whether one variable can reach two fields."""
    source = EnvSettingsSource(settings)
    names: dict[str, str] = {}
    for name, info in settings.model_fields.items():
        for _, variable, _ in source._extract_field_info(info, name):
            if names.setdefault(variable, name) != name:
                return True
    return spec.delimiter == "_" or spec.delimiter in spec.prefix
