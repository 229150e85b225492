"""`validate --model`: run the application's own class, for what the contract had to defer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from confcontract.author.declare import Declaration
from confcontract.author.files import load_object
from confcontract.contract import Contract
from confcontract.errors import UsageError
from confcontract.problem import Problem


def validate_with_model(module_object: str, environ: Mapping[str, str], contract: Contract) -> list[Problem]:
    """What `Settings()` itself refuses in this environment; messages of the application are shown for
    variables that are not secret only. Raises UsageError if MODULE:OBJECT is no settings class."""
    found = load_object(module_object)
    cls = found.settings if isinstance(found, Declaration) else found
    if not (isinstance(cls, type) and issubclass(cls, BaseSettings)):
        raise UsageError(Problem("usage", f"{module_object} is no settings class", hint="name a BaseSettings subclass"))
    baked = contract.compiled["settings"][0]["class"]
    if cls.__qualname__ != baked:
        hint = "name the class that the contract was baked from"
        raise UsageError(Problem("usage", f"the contract is that of {baked}, not of {cls.__qualname__}", hint=hint))
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        cls()
    except ValidationError as error:
        errors: list[Any] = error.errors(include_url=False, include_input=False)
        return [_problem(item, contract, cls) for item in errors]
    except SettingsError as error:
        return [Problem("value-undecodable", str(error), source=cls.__name__, hint="write the value as JSON")]
    except Exception as error:  # the application's own code
        return [
            Problem(
                "value-invalid",
                f"{cls.__name__}() failed with {type(error).__name__}",
                source=cls.__name__,
                hint="run it in the application's own tests",
            )
        ]
    finally:
        os.environ.clear()
        os.environ.update(saved)
    return []


def _problem(error: Any, contract: Contract, cls: type) -> Problem:
    loc = [str(part) for part in error["loc"]]
    variable = _variable(loc, contract)
    open_to_show = variable is not None and not variable["secret"] and not variable.get("credentials")
    return Problem(
        "value-invalid",
        f"{cls.__name__} refuses it: {error['msg'] if open_to_show else error['type']}",
        variable=variable["name"] if variable else ".".join(loc) or None,
        source=cls.__name__,
        hint=f"expected: {variable['type']['text']}" if variable else None,
        rule=error["type"],
    )


def _variable(loc: list[str], contract: Contract) -> dict[str, Any] | None:
    """By path, or, for the first segment, by any accepted name: pydantic's locations speak of aliases."""
    best: dict[str, Any] | None = None
    for variable in contract.variables:
        path = variable["path"]
        names = [variable["name"].lower(), *(alias.lower() for alias in variable.get("aliases", ()))]
        matches = loc[: len(path)] == path or (len(path) == 1 and loc and loc[0].lower() in names)
        if matches and (best is None or len(path) > len(best["path"])):
            best = variable
    return best
