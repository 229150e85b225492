"""The keys of a setting in typed data: in the TOML, YAML and JSON files that the settings class reads, and in the JSON
of its section.

These keys are its validation aliases. The field name is a key if there is no alias, or if the class is populated by
name too. The prefix is never part of a key. So a file may become invalid although every variable is still read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from confcontract.compare.classes_compared import TYPED_FILES, classes_around
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, Pair, Variable, names_of
from confcontract.contract.artifact import Contract
from confcontract.findings.severity import ERROR, INFO

if TYPE_CHECKING:
    from confcontract.compare.accepted import Side


@dataclass(frozen=True)
class _Keys:
    """keys: in files. by_field: the key that is read as the field's name, and therefore passed on beside the alias, or
    "". forbids: whether a value that is passed on under two keys is refused.
    """

    keys: tuple[str, ...]
    by_field: str
    forbids: bool
    files: frozenset[str]


def key_changes(compared: Compared, *, removed: bool) -> Iterator[ContractChange]:
    """Keys that only one of the two versions reads, and values of variables that can no longer be
    combined with a file.
    """
    before, now = _fields(compared.old), _fields(compared.new)
    if not before or not now:
        return
    for pair in compared.pairs:
        one, other = _keys_of(before, pair.old), _keys_of(now, pair.new)
        if one is None or other is None:
            continue
        sides = (one, pair.old), (other, pair.new)
        (ours, own), (theirs, others) = sides if removed else sides[::-1]
        common = sorted(ours.files & theirs.files)
        if not common:
            continue
        known = {compared.key(name) for name in names_of(others)}
        told = {compared.key(name) for name in names_of(own)} - known  # like names of variables
        read = {compared.key(key) for key in theirs.keys}
        for key in ours.keys:
            if compared.key(key) not in read | told:
                there = " or ".join(theirs.keys)
                yield _change(pair, removed, key, f'under "{key}" in {", ".join(common)}: the key is {there}')
        if _is_passed_on_twice(compared, ours, own, theirs):
            name = next(each for each in names_of(others) if compared.key(each) == compared.key(theirs.by_field))
            yield _refused_together(pair, removed, name, ", ".join(common))


def _is_passed_on_twice(compared: Compared, ours: _Keys, own: Variable, theirs: _Keys) -> bool:
    name = compared.key(theirs.by_field)
    return (
        bool(name)
        and theirs.forbids
        and name in {compared.key(each) for each in names_of(own)}
        and name != compared.key(ours.by_field)
        and not {compared.key(key) for key in ours.keys}.isdisjoint(map(compared.key, theirs.keys))
    )


def _change(pair: Pair, removed: bool, key: str, where: str) -> ContractChange:
    return ContractChange(
        pair.path,
        pair.names,
        f"the key {key} in files" if removed else "",
        "" if removed else f"the key {key} in files",
        f"is no longer read {where}" if removed else f"is also read under the key {key} in files",
        back=f"is read under the key {key} in files" if removed else f"is not read {where} in the old version",
        forward=ERROR if removed else INFO,
        rollback=INFO if removed else ERROR,
        declared=pair.declared,
    )


def _refused_together(pair: Pair, removed: bool, name: str, files: str) -> ContractChange:
    refused = f"is refused where both the variable {name} and {files} set it"
    accepted = f"may be set by both the variable {name} and {files}"
    return ContractChange(
        pair.path,
        pair.names,
        f"{name} beside a file" if removed else "",
        "" if removed else f"{name} beside a file",
        refused if removed else accepted,
        back=f"{accepted if removed else refused} in the old version",
        forward=ERROR if removed else INFO,
        rollback=INFO if removed else ERROR,
        remedy=f"Set it in one of the two only, or under another name than {name}." if removed else "",
        back_remedy="" if removed else f"Set it in one of the two only, or under another name than {name}.",
        declared=pair.declared,
    )


def _fields(contract: Contract) -> dict[tuple[str, str], _Keys]:
    """(name of a field, a name of its variable in lower case) → its keys, for classes that read such files."""
    found: dict[tuple[str, str], _Keys] = {}
    for program in contract.compiled["settings"]:
        sources = [each for each in program.get("sources", ()) if each["kind"] in TYPED_FILES]
        files = frozenset(file for each in sources for file in each.get("files", ()))
        for field in program["fields"] if files else ():
            said: Mapping[str, Any] = {"name": field} if isinstance(field, str) else field
            name, aliases = said["name"], tuple(said.get("aliases", ()))
            by_name = bool(program.get("byName")) and name not in aliases
            keys = _Keys(
                (*aliases, name) if not aliases or by_name else aliases,
                program["prefix"] + name if aliases and by_name else "",
                bool(program.get("extraForbid")),
                files,
            )
            for variable in (*aliases, program["prefix"] + name):
                found[name, variable.lower()] = keys
    return found


def _keys_of(fields: Mapping[tuple[str, str], _Keys], variable: Variable) -> _Keys | None:
    for name in names_of(variable):
        if (keys := fields.get((variable["path"][-1], name.lower()))) is not None:
            return keys
    return None


def key_in_data(alias: Any, name: str) -> str:
    while isinstance(alias, tuple) and alias:
        alias = alias[0]
    return alias if isinstance(alias, str) else name


def keys_below(side: Side, outermost: int) -> tuple[str, ...] | None:
    """The keys that lead to it, from the outside to the inside, without the first ones of its path."""
    found = [key_at(side, size) for size in range(outermost, len(side.path))]
    return None if None in found else tuple(key for key in found if key is not None)


def key_at(side: Side, size: int) -> str | None:
    """The key of one section on the way to it, or its own: the one after so many others."""
    section = side.plan.section_at(side.path[:size])
    if section is None or side.path[size] not in section.fields:
        return None
    field = section.fields[side.path[size]]
    field = side.plan.compiled["shared"][field] if isinstance(field, int) else field
    return key_in_data(field.get("validation_alias"), side.path[size])


def key_paths_in_files(side: Side) -> dict[tuple[str, ...], set[str]]:
    """The keys that lead to it in a file of a settings class around it → the kinds of such files."""
    found: dict[tuple[str, ...], set[str]] = {}
    for outside, program in classes_around(side.plan.contract, side.path):
        kinds = {source["kind"] for source in program.get("sources", ()) if source.get("files") or _is_found(source)}
        keys = keys_below(side, outside) if not kinds.isdisjoint(TYPED_FILES) else None
        if keys is not None:
            found.setdefault(keys, set()).update(kinds.intersection(TYPED_FILES))
    return found


def _is_found(source: Mapping[str, Any]) -> bool:
    """A pyproject.toml is searched for in the parent folders, without a name."""
    return bool(source["kind"] == "pyproject")
