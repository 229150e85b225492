"""What Python knows about functions and classes: their names, their place in the code, whether they can be called."""

from __future__ import annotations

import functools
import inspect
from pathlib import PurePath
from types import CodeType
from typing import Any, get_origin

from confcontract.contract.hydration import CLASSES, known_class


def origin_of(function: Any) -> tuple[str, str]:
    """Module and qualified name of a function; for a partial, those of the function inside."""
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


def line_of(module: str, code: CodeType, line: int) -> str:
    """`package/module.py, line LINE` of running code, by the module's name as well."""
    file = "/__init__.py" if PurePath(code.co_filename).name == "__init__.py" else ".py"
    return f"{module.replace('.', '/')}{file}, line {line}"


def required_arguments(function: Any) -> list[str]:
    """The required arguments of a function of a class, without the first."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[1:]
    except (TypeError, ValueError):
        return []
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [each.name for each in parameters if each.default is each.empty and each.kind not in variadic]


def unmakeable(cls: type) -> str | None:
    """Why no instance of a class can be made from data, in words; None if one can."""
    missing = sorted(getattr(cls, "__abstractmethods__", ()))
    if missing:
        return f"is abstract: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not implemented"
    needed = required_arguments(cls.__new__)
    return f"can't be made of data: its __new__ needs {', '.join(needed)}" if needed else None


def plain_test(cls: Any) -> str | None:
    """A class that boot knows by name, for an `isinstance` test that a value made from text may pass."""
    origin = get_origin(cls) or cls
    name = getattr(origin, "__qualname__", "")
    return name if name in CLASSES and known_class(name) is origin else None
