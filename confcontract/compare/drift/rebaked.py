"""Compare a contract with the code beside it: is it what bake makes from the code now?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from confcontract.compare.drift.undeclared import not_evaluated
from confcontract.contract.artifact import Contract, is_hidden
from confcontract.contract.from_python import baked
from confcontract.report.problem import INFO, Problem
from confcontract.verdict.mask import shown

_TOLD = 30  # columns of a value
_PLACES = "declaredAt"  # a moved line changes nothing for an operator
_RELEASES = {
    "confcontract": "confcontract",
    "pydantic": "pydantic",
    "pydanticCore": "pydantic-core",
    "pydanticSettings": "pydantic-settings",
    "python": "Python",
}
_VALUES = ("default", "examples", "constraints", "type")  # members that may contain a value of the variable
_BESIDE = ("checks", "roles", "deliver", "deferred", "description", "schema")


def code_drift(contract: Contract, module_objects: Sequence[str]) -> list[Problem]:
    """The differences; empty if the digests are equal. Name and version are taken from the contract.

    Raises UsageError and BakeRefused, as bake does.
    """
    return differences(contract, baked([*module_objects], name=contract.name, version=contract.version))


def differences(contract: Contract, code: Contract) -> list[Problem]:
    """The differences between a contract and the one baked from the code just now."""
    if contract.digest == code.digest:
        return []
    found = [*_of_variables(contract, code), *_beside(contract, code)]
    releases = _other_releases(contract, code)
    if found:
        note = [_note(f"differences may come from other releases: {releases}")] if releases else []
        return found + note
    if _without_places(contract.data["compiled"]) != _without_places(code.data["compiled"]):
        what = "the contract and the code have the same variables, but boot's plan for them differs"
        if releases:
            hint = "bake again with these releases, or run this with the contract's releases"
            return [not_evaluated(f"{what}, as it may from release to release: {releases}", hint)]
        return [_different(what)]
    return [_note("the contract and the code differ only in the lines where variables are declared")]


def _of_variables(contract: Contract, code: Contract) -> Iterator[Problem]:
    """The variables by their place in the settings class."""
    old, new = ({tuple(each["path"]): each for each in side.variables} for side in (contract, code))
    for path, variable in new.items():
        if path not in old:
            yield _different("the code has it, the contract does not", variable)
        elif changed := [*_changed(old[path], variable)]:
            yield _different(f"the contract differs from the code: {'; '.join(changed)}", variable)
    for path, variable in old.items():
        if path not in new:
            yield _different("the contract has it, the code does not", {**variable, _PLACES: ""})


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """The changed members, from the contract to the code; for hidden ones only which."""
    hidden = is_hidden(old) or is_hidden(new)
    for member in sorted({*old, *new} - {_PLACES}):
        if _without_places(old.get(member)) == _without_places(new.get(member)):
            continue
        if member == "defaultText" and "default" in {*old, *new}:
            continue  # reported as the default
        if hidden and member.startswith(_VALUES):
            yield member
        else:
            yield from _parts(member, old.get(member, _ABSENT), new.get(member, _ABSENT))


_ABSENT = object()


def _parts(member: str, old: Any, new: Any) -> Iterator[str]:
    """A changed member, from the contract to the code; for the constraints, only those that differ."""
    if member != "constraints":
        yield f"{member} {_text(old)} → {_text(new)}"
        return
    before, now = ({} if each is _ABSENT else each for each in (old, new))
    for key in sorted({*before, *now}):
        if before.get(key, _ABSENT) != now.get(key, _ABSENT):
            yield f"{key} {_text(before.get(key, _ABSENT))} → {_text(now.get(key, _ABSENT))}"


def _text(value: Any) -> str:
    if value is _ABSENT:
        return "none"
    if isinstance(value, Mapping) and "text" in value:
        value = value["text"]  # a type
    text = value if isinstance(value, str) else json.dumps(_without_places(value), sort_keys=True, ensure_ascii=False)
    return shown(text, {}, _TOLD) if text else '""'


def _beside(contract: Contract, code: Contract) -> Iterator[Problem]:
    variables = _without_places(contract.variables) == _without_places(code.variables)
    for member in _BESIDE:
        old, new = (_without_places(side.data.get(member)) for side in (contract, code))
        if old != new and (variables or member not in ("deferred", "schema")):  # these two follow from the variables
            yield _different(f"{member}: the contract differs from the code")


def _other_releases(contract: Contract, code: Contract) -> str:
    pairs = [
        (word, *(side.data["provenance"].get(key) for side in (contract, code))) for key, word in _RELEASES.items()
    ]
    return ", ".join(f"{word} {old} → {new}" for word, old, new in pairs if old and new and old != new)


def _different(message: str, variable: Mapping[str, Any] | None = None) -> Problem:
    declared = str((variable or {}).get(_PLACES, ""))
    file, _, line = declared.rpartition(":")
    return Problem(
        "drift-code",
        message,
        variable=variable["name"] if variable else None,
        source=declared or None,
        hint="bake again, and commit the contract or build the image with it",
        place=(file, int(line)) if file and line.isdigit() else None,
    )


def _note(message: str) -> Problem:
    return Problem("drift-code", message, severity=INFO)


def _without_places(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_places(each) for key, each in value.items() if key != _PLACES}
    return [_without_places(each) for each in value] if isinstance(value, list) else value
