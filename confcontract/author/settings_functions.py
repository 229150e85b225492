"""Functions such as `get_settings`, cached or not, that return the settings: find their class."""

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
    """The result of a function, called as the application calls it, with defaults where there are no values.

    If it fails on an empty machine, its return annotation is used. named: by the command line. module: of the function.
    Raises UsageError if it needs arguments, BakeRefused if neither way gives a class.
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
    """The result of a coroutine that waits for nothing, or the first item of a generator (`yield Settings()`)."""
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
    except ValueError:  # it has no signature
        return


def _annotated(function: Any) -> type[BaseSettings] | None:
    """The settings class in a function's return annotation."""
    try:
        returned = get_type_hints(inspect.unwrap(function)).get("return")
    except Exception:  # names that exist only for a type checker
        return None
    return returned if isinstance(returned, type) and issubclass(returned, BaseSettings) else None
