"""The files that bake writes: the contract, and two views of it. All are written whole, or none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confcontract.author.bake import bake
from confcontract.author.loading import load_object
from confcontract.contract.artifact import Contract
from confcontract.contract.dotenvtext import QUOTED, READERS, is_common, written
from confcontract.host.writing import write_all
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem


@dataclass(frozen=True)
class Written:
    """The paths of the written files, and the contract."""

    paths: list[str]
    contract: Contract


def bake_files(
    module_objects: Sequence[str],
    out_dir: str,
    *,
    name: str | None,
    version: str | None,
    source_commit: str | None,
    image_tag: str | None,
    environ: Mapping[str, str],
) -> Written:
    """Bake MODULE:OBJECT, or several together, and write contract.json, schema.json and defaults.env.

    Raises BakeRefused or UsageError; then nothing is written.
    """
    contract = bake_named(
        module_objects,
        name=name,
        version=version,
        source_commit=source_commit,
        image_tag=image_tag,
        environ=environ,
    )
    contents = {
        "contract.json": contract.to_bytes(),
        "schema.json": schema_file(contract),
        "defaults.env": defaults_file(contract),
    }
    return Written(_write_all(Path(out_dir), contents), contract)


def bake_named(
    module_objects: Sequence[str],
    *,
    name: str | None = None,
    version: str | None = None,
    source_commit: str | None = None,
    image_tag: str | None = None,
    environ: Mapping[str, str],
) -> Contract:
    """Bake MODULE:OBJECT, or several together. Raises BakeRefused or UsageError."""
    warned: list[Problem] = []
    contract = bake(
        *[load_object(each, warned) for each in module_objects],
        name=name,
        version=version,
        source_commit=source_commit,
        image_tag=image_tag,
        source_date_epoch=environ.get("SOURCE_DATE_EPOCH"),
    )
    contract.warnings = (*warned, *contract.warnings)
    return contract


def schema_file(contract: Contract) -> bytes:
    """The JSON Schema as a separate file, for editors and people."""
    return (json.dumps(contract.data["schema"], indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def defaults_file(contract: Contract) -> bytes:
    """The defaults in the image as an env file; a variable without a default is a comment."""
    lines = [
        f"# {contract.name} {contract.version}: defaults in the image\n",
        f"# Without quotes where {READERS} agree.\n",
    ]
    # a section is set through its members, which have lines of their own
    sections = {tuple(other["path"][:depth]) for other in contract.variables for depth in range(len(other["path"]))}
    for variable in contract.variables:
        if "defaultText" in variable:
            live = _harmless(variable, contract)
            text = variable["defaultText"]
            if not is_common(text):
                lines.append(f"# {QUOTED}\n")
            given = f"{variable['name']}={written(text, one_line=not live)}\n"
            lines.append(given if live else f"# {given}")
        elif variable["required"] and tuple(variable["path"]) not in sections:
            lines.append(f"# {variable['name']} is required\n")
        elif "defaultInCode" in variable:
            lines.append(f"# {variable['name']} has a default in the application's code\n")
        elif variable.get("computed"):
            lines.append(f"# {variable['name']} is computed at start\n")
    return "".join(lines).encode()


def _harmless(variable: dict[str, Any], contract: Contract) -> bool:
    """Whether setting a default explicitly changes nothing. Setting one member makes its whole section count as set. So
    nothing changes only if the section is required anyway, consists of its members' defaults, or has all its members
    set.
    """
    path = variable["path"]
    by_path = {tuple(other["path"]): other for other in contract.variables}
    if sum(other["name"] == variable["name"] for other in contract.variables) > 1:
        return False  # another variable of this name has another default, or none
    for depth in range(1, len(path)):
        section = by_path.get(tuple(path[:depth]))
        if section is None:
            continue  # no variable sets it as a whole
        members = [other for other in contract.variables if other["path"][:depth] == path[:depth] != other["path"]]
        needed = section.get("required") and any(member["required"] for member in members)
        whole = isinstance(section.get("default"), dict) and all(
            "defaultText" in member or member["type"]["kind"] == "object" for member in members
        )
        if not needed and not whole:
            return False
    return True


def _write_all(folder: Path, contents: Mapping[str, bytes]) -> list[str]:
    files = {str(folder / name): payload for name, payload in contents.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_all(files)
    except OSError as error:
        raise UsageError(
            Problem(
                "usage",
                f"{error.filename or folder}: can't be written: {_reason(error)}",
                hint="name a directory that this user may write with -o",
            )
        ) from None
    return list(files)


def _reason(error: OSError) -> str:
    return "it is not a directory" if isinstance(error, FileExistsError) else str(error.strerror)
