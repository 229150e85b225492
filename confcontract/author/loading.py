"""Import the settings class that the command line names, MODULE:OBJECT. Messages about a failure contain no values."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

from confcontract.author import release_check  # noqa: F401  # refuses releases that would make the imports below fail

# isort: split
from pydantic.errors import PydanticErrorMixin
from pydantic_settings import BaseSettings

from confcontract.author.applicationcode import quiet_arguments
from confcontract.author.declare_calls import without_effect
from confcontract.author.introspection import line_of
from confcontract.author.misnamed_arguments import misnamed_argument
from confcontract.author.named_object import (
    is_settings,
    member_missing,
    module_missing,
    not_of_the_form,
    with_settings_in,
)
from confcontract.author.settings_functions import made_by
from confcontract.author.settings_made_on_import import StandIn, cause_of, lenient_settings, warnings_of
from confcontract.report.errors import BakeRefused
from confcontract.report.problem import Problem

# These describe code. Others, above all a ValidationError, may hold a value.
_ABOUT_CODE = (ImportError, NameError, PydanticErrorMixin, SyntaxError)
_DECLARING = (
    "confcontract.author.declare",
    "confcontract.author.factory_arguments",
    "confcontract.checks",
    "confcontract.contract.markers",
)


def load_object(module_object: str, warned: list[Problem] | None = None) -> Any:
    """Import MODULE:OBJECT. For a settings object, or a function that returns one, return its class.

    warned: collects warnings. Raises UsageError, or BakeRefused if the import itself fails.
    """
    module_name, _, attribute = module_object.partition(":")
    parts = module_name.split(".")
    if not attribute or not all(part.isidentifier() for part in parts) or parts[-1:] == ["py"]:
        raise not_of_the_form(module_object)
    with quiet_arguments(), lenient_settings() as stand_ins:
        try:
            found: Any = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            raise module_missing(error, module_name) from None
        except (Exception, SystemExit) as error:
            raise BakeRefused(_import_failed(module_name, error, stand_ins)) from None
    if warned is not None:
        warned.extend(warnings_of(stand_ins))
    module = found
    for part in attribute.split("."):
        found = _member(found, part, module_object, module)
    if callable(found) and not isinstance(found, (type, BaseSettings)):
        found = made_by(found, module_object, module)
    found = type(found) if isinstance(found, BaseSettings) else found
    if warned is not None and isinstance(found, type):
        warned.extend(without_effect(found, module_object))
    if warned is not None and not is_settings(found):
        kind = found.__name__ if isinstance(found, type) else type(found).__name__
        hint = with_settings_in(module, module_object, "name a subclass of BaseSettings, or what declare() returned")
        raise BakeRefused(Problem("bake-refused", f"{kind} is not a settings class", hint=hint))
    return found


def _member(owner: Any, name: str, named: str, module: Any) -> Any:
    """An attribute; it may be a property, or come from a module's own `__getattr__`. named: by the command line."""
    try:
        with quiet_arguments(), lenient_settings():
            return getattr(owner, name)
    except AttributeError:
        raise member_missing(module, named) from None
    except (Exception, SystemExit) as error:  # its text may hold a value
        what = f"{named} can't be read without any variable set: {type(error).__name__}"
        raise BakeRefused(Problem("bake-refused", what, hint="name the settings class")) from None


def import_from_here() -> None:
    """Add the working directory to the path, as `python -m` does; a console script does not.

    This is only for the application: the modules that we import later, of the standard library and of others, are
    imported first.
    """
    for name in ("_sha2", "_sha256", "hashlib"):
        with contextlib.suppress(ImportError):  # not every platform has all of them
            __import__(name)
    try:
        here = os.getcwd()
    except OSError:  # it was deleted, so it has no modules
        return
    if here not in sys.path:
        sys.path.insert(0, here)


def _import_failed(module_name: str, error: BaseException, stand_ins: Sequence[StandIn]) -> Problem:
    """Report the innermost line of the application's own package; the message itself may hold a value."""
    where = ""
    package = module_name.partition(".")[0]
    trace = error.__traceback__
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] == package:
            where = f" at {line_of(name, trace.tb_frame.f_code, trace.tb_lineno)}"
        trace = trace.tb_next
    what = f"importing {module_name} failed with {type(error).__name__}{where}"
    hint = "bake runs without an environment: importing the module must not read one or connect anywhere"
    misnamed = misnamed_argument(error.__traceback__) if isinstance(error, TypeError) else None
    if misnamed is not None:
        what, hint = f"{what}: {misnamed}", "correct the call"
    elif isinstance(error, _ABOUT_CODE) or (isinstance(error, (ValueError, TypeError)) and _is_of_a_declaration(error)):
        what += f": {str(error).strip().splitlines()[0]}" if str(error).strip() else ""
        hint = "correct the module; python -c 'import ...' shows the full traceback"
    cause = None if isinstance(error, _ABOUT_CODE) else cause_of(error, stand_ins, module_name)
    if cause is not None:
        what, hint = f"{what}: {cause[0]}", cause[1]
    return Problem("bake-refused", what, hint=hint)


def _is_of_a_declaration(error: ValueError | TypeError) -> bool:
    """Whether the error is about a check, a marker or declare(): its text is ours and holds no value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__", "")) if trace is not None else ""
    return module.startswith(_DECLARING)
