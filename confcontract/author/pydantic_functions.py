"""What is known of pydantic's own functions and wrappers: what boot may use in their place.

A core schema names Python functions. Those of pydantic itself are recognised here, by module and
qualified name; all others are the application's, and deferred.
"""

from __future__ import annotations

import functools
import inspect
import ipaddress
import operator
from enum import Enum
from typing import Any, get_origin

from pydantic import BaseModel, ByteSize, UrlConstraints
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from confcontract.author.beyond_json import NotBakeable, Special
from confcontract.author.defaults_as_json import SecretDefault, project
from confcontract.author.enums import plain
from confcontract.author.field_notes import notes_of
from confcontract.contract.hydration import CLASSES, known_class


class MadeFromEnvironment(ValueError):
    """A default that the environment of the process that bakes has had a part in."""


UNLOWERABLE = object()
IDENTITY = object()

# Factories whose result is known without calling application code.
PURE_FACTORIES = (list, dict, set, frozenset, tuple, str, bytes, int, float, bool)

_IDENTITY_NAMES = {
    "Secret.__get_pydantic_core_schema__.<locals>.<lambda>",
    "Secret.__get_pydantic_core_schema__.<locals>.validate_secret_value",
    "_BaseUrl.__get_pydantic_core_schema__.<locals>.wrap_val",
    "_BaseMultiHostUrl.__get_pydantic_core_schema__.<locals>.wrap_val",
    "sequence_validator",
    "defaultdict_validator",
}


class Replacement:
    """A named coercion of confcontract.contract.coercions in the place of one of pydantic's functions."""

    def __init__(self, name: str, *arguments: Any, mode: str = "function-after", **notes: Any) -> None:
        self.special = Special("function", [name, list(arguments)])
        self.mode = mode
        self.notes = notes


def replacement(schema: dict[str, Any], function: Any) -> Any:
    """IDENTITY, a Replacement, or None if the function is the application's."""
    delimiter = schema.get("metadata", {}).get("confcontract_separated")
    if delimiter is not None:
        return Replacement("separated", delimiter, mode="function-before", separated=delimiter)
    bare = function.func if isinstance(function, functools.partial) else function
    if isinstance(bare, operator.attrgetter) and schema["schema"]["type"] == "enum":
        return IDENTITY  # use_enum_values: the document holds the value in any case
    if not (getattr(bare, "__module__", None) or "").startswith(("pydantic.", "ipaddress")):
        return None
    name = getattr(bare, "__qualname__", "")
    if name in ("SecretStr", "SecretBytes") or name in _IDENTITY_NAMES:
        return IDENTITY
    if name == "GenerateSchema._path_schema.<locals>.path_validator":
        return Replacement("path", format="path") if schema["schema"]["type"] == "str" else None
    if name == "ByteSize._validate":
        return Replacement("byteSize", dict(sorted(ByteSize.byte_sizes.items())), format="size")
    if name in ("min_length_validator", "max_length_validator") and _has_length(schema["schema"]):
        bounds = function.keywords
        return Replacement("length", bounds.get("min_length"), bounds.get("max_length"), length=bounds)
    if name in ("pattern_either_validator", "pattern_str_validator"):
        return Replacement("regex", format="regex")
    return _ip_replacement(bare, name)


def _ip_replacement(function: Any, name: str) -> Any:
    for kind in ("address", "network", "interface"):
        if name == f"IPvAny{kind.capitalize()}._validate":
            return Replacement("ip", 0, kind, format="ip")
        for version in (4, 6):
            cls = getattr(ipaddress, f"IPv{version}{kind.capitalize()}")
            if function is cls or name == f"ip_v{version}_{kind}_validator":
                return Replacement("ip", version, kind, format="ip")
    return None


def _has_length(inner: dict[str, Any]) -> bool:
    """Secrets and URLs answer to len(); for other wrapped types pydantic itself fails."""
    if inner["type"] in ("lax-or-strict", "json-or-python"):
        serializer = inner.get("serialization") or inner.get("lax_schema", {}).get("serialization") or {}
        return getattr(serializer.get("function"), "__name__", "") in ("_serialize_secret_field", "_serialize_secret")
    if inner["type"] == "function-after" and isinstance(inner["function"]["function"], functools.partial):
        return _has_length(inner["schema"])
    return inner["type"] == "function-wrap" and inner["schema"]["type"] in ("url", "multi-host-url")


def around_model(schema: dict[str, Any]) -> bool:
    while schema["type"].startswith("function-") and "schema" in schema:
        schema = schema["schema"]
    return schema["type"] in ("model", "model-fields", "dataclass", "dataclass-args")


def literal_member(member: Any) -> Any:
    """The member of a Literal, or a tag, as JSON; UNLOWERABLE where text could not equal it."""
    if isinstance(member, Enum):
        return plain(member.value) if isinstance(member, (str, int)) else UNLOWERABLE
    if member is None or isinstance(member, (str, bool, int)):
        return plain(member)
    return UNLOWERABLE


def constructor_arguments(settings: BaseSettings) -> dict[str, Any] | None:
    """What an instance of a settings class was given by its author, as JSON; None if that can't be told.

    `model_fields_set` mixes it with what came out of the environment of this process; so it only tells
    where that environment sets nothing. Raises MadeFromEnvironment where it sets something.
    """
    cls = type(settings)
    sources, _ = cls._settings_init_sources()
    try:
        from_environment = cls._settings_build_values(sources, {})
    except Exception:  # a source of its own that fails here
        return None
    given = {name: getattr(settings, name) for name in cls.model_fields if name in settings.model_fields_set}
    if not given:
        return {}
    if from_environment:
        raise MadeFromEnvironment(cls.__qualname__)
    arguments = {}
    for name, value in given.items():
        if value is not None and notes_of(cls, name).secret:
            raise SecretDefault("a secret")
        try:
            projected = project(value)
        except NotBakeable:
            return None
        alias = cls.model_fields[name].validation_alias
        simple = alias is None or isinstance(alias, str)
        if not simple or isinstance(projected, dict) or _any_dict(projected):
            return None
        arguments[alias if isinstance(alias, str) else name] = projected
    return arguments if _gives(cls, arguments, given) else None


def _gives(cls: type[BaseSettings], arguments: dict[str, Any], given: dict[str, Any]) -> bool:
    """Whether the arguments' JSON forms make what the arguments made: validation takes some only as objects."""
    try:
        again = cls(**arguments)
    except Exception:  # ValidationError, or the application's own
        return False
    return all(getattr(again, name) == value for name, value in given.items())


def _any_dict(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, (dict, Special)) or _any_dict(item) for item in value)


def plain_test(cls: Any) -> str | None:
    """A class that boot knows by name, for an `isinstance` test that what is born of text may pass."""
    origin = get_origin(cls) or cls
    name = getattr(origin, "__qualname__", "")
    return name if name in CLASSES and known_class(name) is origin else None


def with_url_constraints(cls: type) -> list[str]:
    """Fields with constraints on a URL beside its type: where strict mode makes the URL first, they don't act."""
    fields: dict[str, FieldInfo] = getattr(cls, "__pydantic_fields__", {})
    return [name for name, field in fields.items() if any(isinstance(m, UrlConstraints) for m in field.metadata)]


def is_strict_settings(cls: type) -> bool:
    """Whether pydantic-settings makes objects out of text before a class is validated, in its sections too."""
    return issubclass(cls, BaseSettings) and bool(cls.model_config.get("strict"))


def updates_defaults(cls: type) -> bool:
    """Whether what is given of a section is laid over the section's default."""
    return issubclass(cls, BaseSettings) and bool(cls.model_config.get("nested_model_default_partial_update"))


def unmakeable(cls: type) -> str | None:
    """Why no instance of a class can be made of data, in words; None where one can."""
    missing = sorted(getattr(cls, "__abstractmethods__", ()))
    if missing:
        return f"is abstract: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not implemented"
    needed = required_arguments(cls.__new__)
    return f"can't be made of data: its __new__ needs {', '.join(needed)}" if needed else None


def required_arguments(function: Any) -> list[str]:
    """The arguments, after the first, without which a function of a class can't be called."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[1:]
    except (TypeError, ValueError):
        return []
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [each.name for each in parameters if each.default is each.empty and each.kind not in variadic]


def is_own_post_init(cls: type[BaseModel]) -> bool:
    """pydantic's own set-up of private attributes, rather than a hook of the application."""
    function: Any = inspect.unwrap(cls.model_post_init)
    if function is BaseModel.model_post_init:
        return True
    return str(getattr(function, "__module__", "")).startswith("pydantic.")


def has_required(lowered: dict[str, Any]) -> bool:
    if lowered["type"] != "typed-dict":
        return True
    return any(field["required"] for field in lowered["fields"].values())


def origin_of(function: Any) -> tuple[str, str]:
    """Module and qualified name of a function, of the one inside where it is a partial."""
    bare = function.func if isinstance(function, functools.partial) else function
    return str(getattr(bare, "__module__", None) or ""), str(getattr(bare, "__qualname__", ""))


def name_of(function: Any) -> str:
    if isinstance(function, functools.partial):
        return name_of(function.func)
    return str(getattr(function, "__qualname__", type(function).__qualname__)).replace("<locals>.", "")


def place_of(thing: Any) -> str | None:
    """`package/module.py:LINE`, by the module's name: never a path of the machine that bakes."""
    if isinstance(thing, functools.partial):
        return place_of(thing.func)
    try:
        unwrapped: Any = inspect.unwrap(thing)
        if inspect.ismethod(unwrapped):
            unwrapped = unwrapped.__func__
        module = unwrapped.__module__
        line = inspect.getsourcelines(unwrapped)[1]
    except (TypeError, OSError, AttributeError, ValueError):
        return None
    return f"{module.replace('.', '/')}.py:{line}"
