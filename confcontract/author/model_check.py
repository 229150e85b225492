"""`validate --model`: run the application's own class, for the checks that the contract had to defer."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from confcontract.author import release_check  # noqa: F401  # refuses releases that would make the imports below fail

# isort: split
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from confcontract.author.bake import as_declared, bake
from confcontract.author.declare import Declaration
from confcontract.author.loading import load_object
from confcontract.author.pydantic_private.variable_sources import field_in_error
from confcontract.author.together import classes_of
from confcontract.contract.artifact import Contract, is_hidden
from confcontract.report.errors import UsageError
from confcontract.report.problem import ERROR, Problem
from confcontract.verdict.problems.expected import wanted

Path: TypeAlias = tuple[str, ...]
_NO_CHECKS = ("source", "argument", "default", "default-factory")  # deferrals that produce a value


def validate_with_model(
    module_objects: Sequence[str],
    environ: Mapping[str, str],
    contract: Contract,
    so_far: Sequence[Problem],
    sources: Mapping[str, object],
) -> list[Problem]:
    """Complete `so_far`, the contract's own verdict, by what `Settings()` refuses in this environment.

    A problem that both report appears once. Notes about checks of the class are removed, because it has now decided.
    Messages of the application are shown only for variables that are not secret. sources: variable → where its value
    came from.
    Raises UsageError if MODULE:OBJECT is not the class of the contract, BakeRefused if it can't be baked.
    """
    cls, given = _class_of(module_objects, contract)
    told = [_told_path(problem, contract) for problem in so_far if _settles(problem)]
    parts = classes_of(cls) or {"": cls}
    refused = [each for name, part in parts.items() for each in _run(part, name, environ, contract, sources)]
    found = [problem for path, problem in refused if path not in given and not _is_told(path, told)]
    return [problem for problem in so_far if problem.code != "check-deferred"] + found


def _class_of(module_objects: Sequence[str], contract: Contract) -> tuple[type[BaseSettings], Sequence[Path]]:
    declared = [_declared(each) for each in module_objects]
    whole, given = as_declared(*declared)
    cls = whole.settings
    module_object = " ".join(module_objects)
    ours = {(variable["name"], *variable["path"]) for variable in contract.variables}
    theirs = {(variable["name"], *variable["path"]) for variable in bake(*declared).variables}
    baked = contract.compiled["settings"][0]["class"]
    differences = []
    if cls.__qualname__ != baked:
        differences.append(f"that is of a class {baked}")
    if missing := sorted(ours - theirs):
        differences.append(f"the class has no {_some(missing)}")
    if new := sorted(theirs - ours):
        differences.append(f"the contract has no {_some(new)}")
    if differences:
        what = f"the contract {contract.name} {contract.version} does not match {module_object}"
        hint = "name the class, or all classes, from which the contract was baked; if one has changed since, bake again"
        raise UsageError(Problem("usage", f"{what}: {', and '.join(differences)}", hint=hint))
    return cls, given


def _declared(module_object: str) -> Declaration:
    found = load_object(module_object)
    cls = found.settings if isinstance(found, Declaration) else found
    if not (isinstance(cls, type) and issubclass(cls, BaseSettings)):
        raise UsageError(
            Problem("usage", f"{module_object} is not a settings class", hint="name a BaseSettings subclass")
        )
    return found if isinstance(found, Declaration) else Declaration(cls)


def _some(variables: Sequence[tuple[str, ...]]) -> str:
    names = [name for name, *_ in variables]
    more = f" and {len(names) - 3} more" if len(names) > 4 else ""
    return ", ".join(names[:3] if more else names) + more


def _settles(problem: Problem) -> bool:
    """Whether this variable needs no further report: it is invalid already, or its value is not known here."""
    return problem.severity == ERROR or problem.code == "vault-not-configured"


def _told_path(problem: Problem, contract: Contract) -> Path | None:
    """The path of the variable that a problem is about; None if it is about none, such as a broken file."""
    return next((tuple(v["path"]) for v in contract.variables if v["name"] == problem.variable), None)


def _is_told(path: Path | None, told: Sequence[Path | None]) -> bool:
    """Whether a problem was reported for the variable, for a part of it, or for a section around it."""
    return path is not None and any(other is not None and other[: len(path)] == path[: len(other)] for other in told)


def _run(
    cls: type[BaseSettings], section: str, environ: Mapping[str, str], contract: Contract, sources: Mapping[str, object]
) -> list[tuple[Path | None, Problem]]:
    """What the class refuses, each with the path of its variable. section: of the class, if there
    are several classes.
    """
    above = (section,) if section else ()
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        cls()
    except ValidationError as error:
        errors: list[Any] = error.errors(include_url=False, include_input=False)
        return [_problem(item, above, contract, cls, sources) for item in errors]
    except SettingsError as error:
        name = field_in_error(error)
        problem = Problem("value-undecodable", str(error), source=cls.__name__, hint="write the value as JSON")
        return [((*above, name) if name else None, problem)]
    except Exception as error:  # the application's own code
        what = f"{cls.__name__}() failed with {type(error).__name__}"
        hint = "reproduce it in the application's own tests"
        return [(None, Problem("value-invalid", what, source=cls.__name__, hint=hint, source_said=True))]
    finally:
        os.environ.clear()
        os.environ.update(saved)
    return []


def _problem(
    error: Any, above: Path, contract: Contract, cls: type, sources: Mapping[str, object]
) -> tuple[Path | None, Problem]:
    loc = [*above, *(str(part) for part in error["loc"])]
    variable = _variable(loc, len(above), contract)
    open_to_show = variable is not None and not is_hidden(variable) and not variable.get("credentials")
    name = variable["name"] if variable else ".".join(loc) or None
    problem = Problem(
        "value-invalid",
        f"{cls.__name__} refuses it: {error['msg'] if open_to_show else error['type']}",
        variable=name,
        source=str(sources.get(name or "", cls.__name__)),
        hint=_remedy(error["type"], variable, contract) if variable else None,
        rule=error["type"],
    )
    return tuple(variable["path"]) if variable else None, problem


def _remedy(kind: str, variable: Mapping[str, Any], contract: Contract) -> str | None:
    """The contract accepted a value that is set, so the application may refuse another value of the type as well: only
    its own checks say which values are valid. kind: of pydantic's error.
    """
    checks = [
        f"{each['name']} ({each['declaredAt']})"
        for each in contract.deferred
        if variable["name"] in each["variables"] and "declaredAt" in each and each["kind"] not in _NO_CHECKS
    ]
    if checks and kind != "missing":
        return f"set a value that {' and '.join(checks[:3])} {'accepts' if len(checks) == 1 else 'accept'}"
    return f"set {wanted(variable['type'], variable)}" if variable["type"]["kind"] != "object" else None


def _variable(loc: list[str], above: int, contract: Contract) -> dict[str, Any] | None:
    """The variable with this path, whose first segment in the class may be any accepted name, because pydantic's
    locations contain aliases. above: number of segments above the class.
    """
    best: dict[str, Any] | None = None
    for variable in contract.variables:
        path = variable["path"]
        names = [variable["name"].lower(), *(alias.lower() for alias in variable.get("aliases", ()))]
        named = len(path) == above + 1 and loc[:above] == path[:above] and len(loc) > above
        matches = loc[: len(path)] == path or (named and loc[above].lower() in names)
        if matches and (best is None or len(path) > len(best["path"])):
            best = variable
    return best
