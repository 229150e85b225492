"""`get_settings`: a function that gives the settings names their class, cached or not."""

from __future__ import annotations

import functools
import inspect
from typing import Any, get_type_hints

from pydantic_settings import BaseSettings

from confcontract.author.applicationcode import quiet_arguments
from confcontract.author.introspection import place_of
from confcontract.author.named_object import with_settings_in
from confcontract.author.settings_made_on_import import lenient_settings
from confcontract.report.errors import BakeRefused, UsageError
from confcontract.report.problem import Problem


def made_by(function: Any, named: str, module: Any = None) -> Any:
    """What a function gives: it is called as the application calls it, with defaults where there are no values.

    Where it fails on an empty machine, what it says that it returns. named: by the command line.
    module: where it is. Raises UsageError where it needs arguments, BakeRefused where neither tells a class.
    """
    if isinstance(function, functools.partial) and isinstance(function.func, type):
        return function.func
    _check_arguments(function, named, module)
    failed: BaseException | None = None
    with quiet_arguments(), lenient_settings():
        try:
            given = _first_of(function())
        except (Exception, SystemExit) as error:
            given, failed = None, error
    if isinstance(given, (BaseSettings, type)):
        return given
    told = _annotated(function)
    if told is not None:
        return told
    place = place_of(function)
    gives = (
        f"fails with {type(failed).__name__}" if failed is not None else f"gives an object of {type(given).__name__}"
    )
    what = f"{named} {gives}, where nothing is set" + (f" ({place})" if place else "")
    hint = "name the settings class, or say in the function's annotation which one it returns"
    hint = with_settings_in(module, named, hint)
    raise BakeRefused(Problem("bake-refused", what, hint=hint))


def _first_of(given: Any) -> Any:
    """What a coroutine returns, if it waits for nothing, or a generator yields first (`yield Settings()`)."""
    if inspect.isgenerator(given):
        return next(given)
    awaited: Any = given.__anext__() if inspect.isasyncgen(given) else given
    if awaited is given and not inspect.iscoroutine(given):
        return given
    try:
        awaited.send(None)
    except StopIteration as ended:
        return ended.value
    finally:
        awaited.close()
    raise TypeError("it waits for something, but there is no event loop")


def _check_arguments(function: Any, named: str, module: Any) -> None:
    try:
        inspect.signature(function).bind()
    except TypeError:
        hint = with_settings_in(module, named, "name the settings class, or a function that needs no arguments")
        raise UsageError(Problem("usage", f"{named} can't be called without arguments", hint=hint)) from None
    except ValueError:  # it says nothing of its arguments
        return


def _annotated(function: Any) -> type[BaseSettings] | None:
    """The settings class that a function says it returns."""
    try:
        returned = get_type_hints(inspect.unwrap(function)).get("return")
    except Exception:  # names that are only there for a type checker
        return None
    return returned if isinstance(returned, type) and issubclass(returned, BaseSettings) else None
