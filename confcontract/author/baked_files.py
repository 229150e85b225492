"""The files that bake writes: the contract, and two views of it. Whole files, or none."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confcontract.author import supported  # noqa: F401  # refuses what the imports below would fail over

# isort: split
from pydantic.errors import PydanticErrorMixin
from pydantic_settings import BaseSettings

from confcontract.author.applicationcode import quiet_arguments
from confcontract.author.bake import bake
from confcontract.author.importing import StandIn, cause_of, lenient_settings, warnings_of
from confcontract.contract.artifact import Contract
from confcontract.contract.dotenvtext import quoted
from confcontract.host.writing import write_all
from confcontract.report.errors import BakeRefused, UsageError
from confcontract.report.problem import Problem


@dataclass(frozen=True)
class Written:
    """The files of a contract, and the contract."""

    paths: list[str]
    contract: Contract


def bake_files(
    module_object: str,
    out_dir: str,
    *,
    name: str | None,
    version: str | None,
    source_commit: str | None,
    image_tag: str | None,
    environ: Mapping[str, str],
) -> Written:
    """Bake MODULE:OBJECT and write contract.json, schema.json and defaults.env.

    Raises BakeRefused or UsageError; nothing is written then.
    """
    warned: list[Problem] = []
    contract = bake(
        load_object(module_object, warned),
        name=name,
        version=version,
        source_commit=source_commit,
        image_tag=image_tag,
        source_date_epoch=environ.get("SOURCE_DATE_EPOCH"),
    )
    contract.warnings = (*warned, *contract.warnings)
    contents = {
        "contract.json": contract.to_bytes(),
        "schema.json": schema_file(contract),
        "defaults.env": defaults_file(contract),
    }
    return Written(_write_all(Path(out_dir), contents), contract)


def schema_file(contract: Contract) -> bytes:
    """The JSON Schema on its own, for editors and people."""
    return (json.dumps(contract.data["schema"], indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def defaults_file(contract: Contract) -> bytes:
    """The defaults in the image as an env file; what has none is a comment."""
    lines = [f"# {contract.name} {contract.version}: defaults in the image\n"]
    # a section is given by its members, and they are listed themselves
    sections = {tuple(other["path"][:depth]) for other in contract.variables for depth in range(len(other["path"]))}
    for variable in contract.variables:
        if "defaultText" in variable:
            live = _harmless(variable, contract)
            given = f"{variable['name']}={quoted(variable['defaultText'], one_line=not live)}\n"
            lines.append(given if live else f"# {given}")
        elif variable["required"] and tuple(variable["path"]) not in sections:
            lines.append(f"# {variable['name']} is required\n")
        elif "defaultInCode" in variable:
            lines.append(f"# {variable['name']} has a default in the application's code\n")
        elif variable.get("computed"):
            lines.append(f"# {variable['name']} is computed at start\n")
    return "".join(lines).encode()


def _harmless(variable: dict[str, Any], contract: Contract) -> bool:
    """Whether giving a default explicitly changes nothing. To give one member makes its whole section given:
    no change only where the section must be given anyway, or is made of its members' defaults, or where all
    of its members are given."""
    path = variable["path"]
    by_path = {tuple(other["path"]): other for other in contract.variables}
    for depth in range(1, len(path)):
        section = by_path.get(tuple(path[:depth]), {})
        members = [other for other in contract.variables if other["path"][:depth] == path[:depth] != other["path"]]
        needed = section.get("required") and any(member["required"] for member in members)
        whole = isinstance(section.get("default"), dict) and all(
            "defaultText" in member or member["type"]["kind"] == "object" for member in members
        )
        if not needed and not whole:
            return False
    return True


def _write_all(folder: Path, contents: Mapping[str, bytes]) -> list[str]:
    written = {str(folder / name): payload for name, payload in contents.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_all(written)
    except OSError as error:
        raise UsageError(
            Problem(
                "usage",
                f"{error.filename or folder}: can't be written: {_reason(error)}",
                hint="name a directory that this user may write with -o",
            )
        ) from None
    return list(written)


def _reason(error: OSError) -> str:
    return "it is no directory" if isinstance(error, FileExistsError) else str(error.strerror)


# These speak of the code. Others, a ValidationError above all, may hold a value.
_ABOUT_CODE = (ImportError, NameError, PydanticErrorMixin, SyntaxError)
_DECLARING = ("confcontract.author.declare", "confcontract.checks", "confcontract.contract.markers")


def load_object(module_object: str, warned: list[Problem] | None = None) -> Any:
    """Import MODULE:OBJECT; of a settings object, its class. warned: gets what is worth a word.

    Raises UsageError, BakeRefused where the import itself fails.
    """
    module_name, _, attribute = module_object.partition(":")
    if not attribute or not all(part.isidentifier() for part in module_name.split(".")):
        raise UsageError(
            Problem("usage", f"{module_object!r} is not MODULE:OBJECT", hint="for example shop.settings:Settings")
        )
    with quiet_arguments(), lenient_settings() as stand_ins:
        try:
            found: Any = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            raise UsageError(
                Problem(
                    "usage",
                    f"module {error.name} was not found while importing {module_name}",
                    hint="install the application in this environment, or run from its source directory",
                )
            ) from None
        except (Exception, SystemExit) as error:
            raise BakeRefused(_import_failed(module_name, error, stand_ins)) from None
    if warned is not None:
        warned.extend(warnings_of(stand_ins))
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise UsageError(
                Problem("usage", f"{module_name} has no {attribute}", hint="check the name after the colon")
            )
        found = getattr(found, part)
    return type(found) if isinstance(found, BaseSettings) else found


def _import_failed(module_name: str, error: BaseException, stand_ins: Sequence[StandIn]) -> Problem:
    """By the innermost line of the application's own package; the message itself may hold a value."""
    where = ""
    package = module_name.partition(".")[0]
    trace = error.__traceback__
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] == package:
            where = f" at {name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    what = f"importing {module_name} failed with {type(error).__name__}{where}"
    hint = "baking needs no environment: the module must not read one, or connect anywhere, when it is imported"
    if isinstance(error, _ABOUT_CODE) or (isinstance(error, (ValueError, TypeError)) and _is_of_a_declaration(error)):
        what += f": {str(error).strip().splitlines()[0]}" if str(error).strip() else ""
        hint = "correct the module; python -c 'import ...' shows the whole traceback"
    cause = None if isinstance(error, _ABOUT_CODE) else cause_of(error, stand_ins)
    if cause is not None:
        what, hint = f"{what}: {cause[0]}", cause[1]
    return Problem("bake-refused", what, hint=hint)


def _is_of_a_declaration(error: ValueError | TypeError) -> bool:
    """Whether it says what is wrong with a check, a marker or declare(), in words of ours that hold no value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__", "")) if trace is not None else ""
    return module.startswith(_DECLARING) or "got an unexpected keyword argument" in str(error)
