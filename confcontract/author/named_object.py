"""MODULE:OBJECT names nothing: find what was meant, without importing anything."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import ModuleType, TracebackType
from typing import Any

from pydantic_settings import BaseSettings

from confcontract.author.declare import Declaration
from confcontract.author.introspection import line_of
from confcontract.report.did_you_mean import closest
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

_TOLD = 5  # at most this many classes are named


def not_of_the_form(given: str) -> UsageError:
    """The text is not MODULE:OBJECT, but a file, or a module alone."""
    module, _, attribute = given.partition(":")
    if module.endswith(".py") or "/" in module:
        path = os.path.normpath(module).removesuffix(".py")
        name = path.replace(os.sep, ".").strip(".")
        hint = f"write the module instead of the file: {name}:{attribute or 'Settings'}"
        if not all(part.isidentifier() for part in name.split(".")):
            hint = f"name a module instead of the file; {name} can't be the name of one"
    elif module and not attribute:
        hint = f"write the class as well, such as {module}:Settings"
    else:
        hint = "for example shop.settings:Settings"
    return _wrong(f"{given!r} is not MODULE:OBJECT", hint)


def module_missing(error: ModuleNotFoundError, module: str) -> UsageError:
    """The module itself is missing, or one that it imports; in that case, report the importing line."""
    missing = str(error.name)
    if module == missing or module.startswith(f"{missing}."):
        near = closest(missing, [name.removesuffix(".py") for name in _beside()])
        hint = f"did you mean {near}? Else" if near and near != missing else "to find it,"
        hint += " run from the source directory, or install the application in this environment"
        return _wrong(f"there is no module {missing}", hint)
    place = _importing_line(error.__traceback__, module.partition(".")[0])
    what = f"{module} can't be imported: the module {missing} is not installed"
    return _wrong(what + (f", imported at {place}" if place else ""), f"install {missing} in this environment")


def member_missing(module: Any, named: str) -> UsageError:
    """The object does not exist; name the settings classes that do. named: by the command line."""
    name, _, attribute = named.partition(":")
    classes = settings_in(module)
    near = closest(attribute, classes) or closest(attribute, vars(module)) if isinstance(module, ModuleType) else None
    listed = _listed(name, classes)
    if near and classes != [near]:
        hint = f"did you mean {name}:{near}? {listed[:1].upper()}{listed[1:]}" if classes else f"did you mean {near}?"
    else:
        hint = f"did you mean {name}:{near}?" if near else listed
    return _wrong(f"{name} has no {attribute}", hint if classes or near else "check the name after the colon")


def _listed(module_name: str, classes: Sequence[str]) -> str:
    more = f" and {len(classes) - _TOLD} more" if len(classes) > _TOLD else ""
    return f"settings classes in {module_name}: {', '.join(classes[:_TOLD])}{more}"


def with_settings_in(module: Any, named: str, hint: str) -> str:
    """A hint, with the settings classes that the command line could have named. named: by the command line."""
    classes = settings_in(module)
    return f"{hint}; {_listed(named.partition(':')[0], classes)}" if classes else hint


def settings_in(module: Any) -> list[str]:
    """The names of settings classes and declarations in a module."""
    return [
        name for name, value in (vars(module).items() if isinstance(module, ModuleType) else ()) if is_settings(value)
    ]


def is_settings(value: Any) -> bool:
    """Whether bake accepts it: a settings class, or the result of declare()."""
    if isinstance(value, Declaration):
        return True
    return isinstance(value, type) and issubclass(value, BaseSettings) and value is not BaseSettings


def _beside() -> list[str]:
    try:
        return [name for name in os.listdir() if name.endswith(".py") or os.path.isdir(name)]
    except OSError:
        return []


def _importing_line(trace: TracebackType | None, package: str) -> str:
    """The innermost line of the application's own package."""
    place = ""
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] == package:
            place = line_of(name, trace.tb_frame.f_code, trace.tb_lineno) or place
        trace = trace.tb_next
    return place


def _wrong(message: str, hint: str) -> UsageError:
    return UsageError(Problem("usage", message, hint=hint))
