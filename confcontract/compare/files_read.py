"""Files from which the application reads values: NAME_FILE, and the files that its class names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from confcontract.compare.classes_compared import classes_in_both
from confcontract.compare.finding import ContractChange
from confcontract.compare.keys_in_files import key_changes
from confcontract.compare.pairing import Compared, Variable, names_of, path_of
from confcontract.findings.severity import ERROR, INFO


def file_changes(compared: Compared, *, removed: bool) -> Iterator[ContractChange]:
    """The files that are no longer read, or that are read from now on."""
    yield from _name_files(compared, removed=removed)
    yield from key_changes(compared, removed=removed)
    told = set()
    for section, before, now in _by_class(compared, removed=removed):
        of = f" for {section}" if section else ""
        for file, words in before.items():
            if file in now or (section, file) in told:
                continue
            told.add((section, file))
            does, did = ("no longer reads", "reads") if removed else ("now reads", "does not read")
            yield ContractChange(
                section,
                (),
                words if removed else "",
                "" if removed else words,
                f"the application {does} {words}{of}",
                back=f"the old version {did} {words}{of}",
                forward=ERROR if removed else INFO,
                rollback=INFO if removed else ERROR,
            )


_OwnFiles = dict[tuple[Any, ...], str]


def _by_class(compared: Compared, *, removed: bool) -> Iterator[tuple[str, _OwnFiles, _OwnFiles]]:
    """The place of each settings class, its files, and the files that the other contract reads instead: those of the
    class at the same place, else of any class.
    """
    paired = [*classes_in_both(compared.old, compared.new)]
    for section, old, new in paired:
        before, now = _of_class(old), _of_class(new)
        yield (section, before, now) if removed else (section, now, before)
    contracts = (compared.old, compared.new) if removed else (compared.new, compared.old)
    known = {id(each) for _, *both in paired for each in both}
    before, now = (each.compiled["settings"] for each in contracts)
    elsewhere: _OwnFiles = {}
    for program in now:
        elsewhere |= _of_class(program)
    for program in before:
        if id(program) not in known:
            yield "", _of_class(program), elsewhere


def _of_class(program: Mapping[str, Any]) -> _OwnFiles:
    """Each file and directory that a settings class names, with how it is read → its kind, in words."""
    found: _OwnFiles = {}
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
    files = source.get("files") or ([""] if kind == "pyproject" else [])  # a pyproject.toml is found without a name
    return {(kind, file, header, section): f"{_WORDS[kind]} {file}{within}" for file in files}


def _name_files(compared: Compared, *, removed: bool) -> Iterator[ContractChange]:
    """NAME_FILE is read for NAME unless a variable has that name itself."""
    end = compared.key("_FILE")
    files = [name for name in compared.names_touched if name.endswith(end)]
    if not files:
        return
    old, new = compared.owners({*files, *(file.removesuffix(end) for file in files)})
    before, now = (old, new) if removed else (new, old)
    for file in now:
        if file in files and file not in before:
            name = file.removesuffix(end)
            for variable in old.get(name, ()):
                if name in new:
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
