"""Files from which the application reads values: NAME_FILE, and those that its class names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from confcontract.compare.finding import ERROR, INFO, ContractChange
from confcontract.compare.pairing import Compared, Variable, names_of, path_of
from confcontract.contract.artifact import Contract


def file_changes(compared: Compared, *, removed: bool) -> Iterator[ContractChange]:
    """What can no longer be read from a file, or what can be now."""
    yield from _name_files(compared, removed=removed)
    before, now = own_files(compared.old), own_files(compared.new)
    if not removed:
        before, now = now, before
    for place, words in before.items():
        if place not in now:
            yield ContractChange(
                "",
                (),
                words if removed else "",
                "" if removed else words,
                f"the application {'no longer reads' if removed else 'reads'} {words}" + ("" if removed else " now"),
                back=f"the old version {'reads' if removed else 'does not read'} {words}",
                forward=ERROR if removed else INFO,
                rollback=INFO if removed else ERROR,
            )


def own_files(contract: Contract) -> dict[tuple[Any, ...], str]:
    """Each file and directory that a settings class names, with how it is read → what it is, in words."""
    found: dict[tuple[Any, ...], str] = {}
    for program in contract.compiled["settings"]:
        if "dotenv" in program:
            found |= _files("dotenv", program["dotenv"])
        for directory in program.get("secretsDirs", ()):
            found["secrets", directory, "", ""] = f"secrets from the directory {directory}"
        for source in program.get("sources", ()):
            found |= _files(source["kind"], source)
    return found


_WORDS = {
    "toml": "the TOML file",
    "yaml": "the YAML file",
    "json": "the JSON file",
    "pyproject": "the pyproject.toml",
    "dotenv": "the env file",
    "secrets": "secrets from the directory",
    "secretTree": "secrets from the tree of files",
}


def _files(kind: str, source: Mapping[str, Any]) -> dict[tuple[Any, ...], str]:
    header, section = ".".join(source.get("header", ())), source.get("section", "")
    within = f", table {header}" if header else f", section {section}" if section else ""
    if kind not in _WORDS:
        return {}
    return {
        (kind, file, header, section): f"{_WORDS[kind]} {file}{within}" for file in source.get("files", ()) or ("",)
    }


def _name_files(compared: Compared, *, removed: bool) -> Iterator[ContractChange]:
    """NAME_FILE is read for NAME unless a variable is called so itself."""
    before, now = compared.old_owners, compared.new_owners
    if not removed:
        before, now = now, before
    for file in now:
        if file.endswith(compared.key("_FILE")) and file not in before:
            name = file[: -len("_FILE")]
            for variable in compared.old_owners.get(name, ()):
                if name in compared.new_owners:
                    yield _name_file(variable, _as_written(compared, variable, name), removed)


def _as_written(compared: Compared, variable: Variable, name: str) -> str:
    return next(each for each in names_of(variable) if compared.key(each) == name)


def _name_file(variable: Variable, name: str, removed: bool) -> ContractChange:
    file = f"{name}_FILE"
    return ContractChange(
        path_of(variable),
        (file,),
        "the path of a file" if removed else "a variable of its own",
        "a variable of its own" if removed else "the path of a file",
        f"{'no longer names' if removed else 'names'} the file that holds {name}: "
        f"it {'is' if removed else 'was'} a variable of its own",
        back=f"{'names' if removed else 'does not name'} the file that holds {name} in the old version",
        forward=ERROR if removed else INFO,
        rollback=INFO if removed else ERROR,
        declared=str(variable.get("declaredAt", "")),
    )
