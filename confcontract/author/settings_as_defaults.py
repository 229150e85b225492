"""Defaults that are instances of settings classes, made while the application was imported: their arguments."""

from __future__ import annotations

from typing import Any

from pydantic_settings import BaseSettings

from confcontract.author.beyond_json import NotBakeable, Special
from confcontract.author.defaults_as_json import SecretDefault, project
from confcontract.author.field_notes import notes_of
from confcontract.author.pydantic_private.variable_sources import values_of_sources


class MadeFromEnvironment(ValueError):
    """A default that includes values from the environment of the process that bakes."""


def constructor_arguments(settings: BaseSettings) -> dict[str, Any] | None:
    """The arguments that the author gave an instance of a settings class, as JSON; None if they can't be determined.

    `model_fields_set` also contains the fields that came from the environment of this process. So it is reliable only
    if that environment sets nothing. Raises MadeFromEnvironment if it sets something.
    """
    cls = type(settings)
    try:
        from_environment = values_of_sources(cls)
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
    """Whether the arguments' JSON forms produce the same as the arguments: validation accepts some only as objects."""
    try:
        again = cls(**arguments)
    except Exception:  # ValidationError, or the application's own
        return False
    return all(getattr(again, name) == value for name, value in given.items())


def _any_dict(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, (dict, Special)) or _any_dict(item) for item in value)
