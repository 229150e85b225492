"""The arguments that a factory of the application passes to the constructor, `Settings(_env_file="prod.env",
secret=…)`: fields that the environment need not provide, and options of pydantic-settings that override the class's
configuration.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_settings import BaseSettings

from confcontract.author.pydantic_private.variable_sources import aliases_of, takes_field_names
from confcontract.report.did_you_mean import closest


def arguments_of(cls: type[BaseSettings], given: Iterable[str] | Mapping[str, Any]) -> dict[str, Any]:
    """The names of the fields that are passed, and the options with their values.

    Raises ValueError for a name that the constructor does not take, or an option without a known value.
    """
    if isinstance(given, (str, bytes)):
        raise ValueError("given takes names of arguments, as in given={'name'}")
    options = _options()
    found: dict[str, Any] = {}
    for name in given:
        if name in options:
            if not isinstance(given, Mapping):
                raise ValueError(f"of {name}, the value is needed, too: given={{{name!r}: …}}")
            found[name] = given[name]
        else:
            found[_field(cls, name, options)] = None
    return found


def configured(cls: type[BaseSettings], arguments: Mapping[str, Any]) -> type[BaseSettings]:
    """The class with the options as its configuration."""
    config = {name.removeprefix("_"): value for name, value in arguments.items() if name.startswith("_")}
    if not config:
        return cls
    members = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__dict__.get("__doc__")}
    metaclass: Any = type(cls)
    made: type[BaseSettings] = metaclass(cls.__name__, (cls,), {**members, "model_config": config})
    return made


def fields_among(arguments: Mapping[str, Any]) -> list[str]:
    return [name for name in arguments if not name.startswith("_")]


def _options() -> list[str]:
    """The constructor's options that also exist in a configuration."""
    taken = inspect.signature(BaseSettings.__init__).parameters
    return [name for name in taken if name.startswith("_") and not name.startswith("__") and name != _OBJECT]


_OBJECT = "_cli_settings_source"  # an object of code, which a configuration can't hold


def _field(cls: type[BaseSettings], name: str, options: list[str]) -> str:
    """The field that an argument sets, by its name or an alias, as the class accepts them."""
    names: dict[str, str] = {}
    for field, info in cls.model_fields.items():
        names |= dict.fromkeys([*aliases_of(cls, field, info), *([field] if takes_field_names(cls) else [])], field)
    if name in names:
        return names[name]
    guess = closest(name, [*names, *options])
    raise ValueError(f"{cls.__name__} takes no argument {name!r}" + (f": did you mean {guess!r}?" if guess else ""))
