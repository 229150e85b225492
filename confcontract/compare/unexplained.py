"""The rule PLAN_CHANGED: differences between the plans of two contracts that no other rule has reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from confcontract.compare.accepted_changes import changes_of
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, Variable, path_of
from confcontract.compare.rule import CompareRule

# Properties of how a settings class is read that rules about names or accepted strings may miss, in words.
_OTHERWISE = {
    "habits": "behaviour of the release of pydantic-settings",
}


def unexplained(compared: Compared, told: Sequence[tuple[CompareRule, ContractChange]]) -> Iterator[ContractChange]:
    """told: the findings of the other rules."""
    paths = {change.path for rule, change in told if rule.acceptance and change.path}
    policies = {change.path for rule, change in told if rule.id.startswith("UNKNOWN_")}
    yield from _programs(compared)
    told_of = _with_all_around(paths | changes_of(compared).judged)
    seen: set[str] = set()
    variables: dict[str, Variable] = {}
    for each, itself in compared.plans.differing():
        path = ".".join(name.replace("\0", "") for name in each)
        told_already = path in paths if itself else _is_told(path, told_of)
        if path in seen or path in policies or told_already:
            continue
        seen.add(path)
        variables = variables or {path_of(each): each for each in [*compared.old.variables, *compared.new.variables]}
        options = [name for name in compared.plans.unlike_options.get(each, ()) if name != "forbids"] if itself else []
        yield _change(path, variables, options)


def _is_told(path: str, told: Mapping[str, bool]) -> bool:
    """Whether a finding was reported for the place itself, for one inside it, or for one around it."""
    around = path.split(".")
    return path in told or any(told.get(".".join(around[:size])) for size in range(1, len(around)))


def _with_all_around(paths: Iterable[str]) -> dict[str, bool]:
    """Each path → True, and the paths of the sections around it → False."""
    found = dict.fromkeys(paths, True)
    for path in [*found]:
        while (path := path.rpartition(".")[0]) and path not in found:
            found[path] = False
    return found


def _change(path: str, variables: Mapping[str, Variable], options: Sequence[str]) -> ContractChange:
    """options: of pydantic, if they are known to differ."""
    around = path.split(".")
    names: tuple[str, ...] = ()
    declared = ""
    for size in range(len(around), 0, -1):
        variable = variables.get(".".join(around[:size]))
        if variable is not None:
            names, declared = (variable["name"],), str(variable.get("declaredAt", ""))
            break
    what = f"how {path} is read or checked" if path else "how the settings are checked as a whole"
    what += f" ({', '.join(options)})" if options else ""
    sentence = f"{what} is not the same in both versions, and the consequences could not be decided"
    return ContractChange(path, names, "", "", sentence, stands_alone=True, declared=declared)


def _programs(compared: Compared) -> Iterator[ContractChange]:
    before, now = compared.old.compiled["settings"], compared.new.compiled["settings"]
    classes = {program["class"]: program for program in now}
    for number, old in enumerate(before):
        new = now[0] if number == 0 else classes.get(old["class"])
        if new is None:
            continue
        for key, words in _OTHERWISE.items():
            if (old.get(key) or None) != (new.get(key) or None):
                yield _reading(old, key, f"{words}: {_said(new.get(key))} now, {_said(old.get(key))} before", new)
        if number:
            for key in ("caseSensitive", "ignoreEmpty", "noneStr", "delimiter", "maxSplit", "order"):
                if old[key] != new[key]:
                    words = f"how the class {old['class']} reads names and values ({key}) is another"
                    yield _reading(old, key, words, new)
        defaults = [{entry["key"] for entry in each.get("partialDefaults", ())} for each in (old, new)]
        if defaults[0] != defaults[1] and (not all(defaults) or number):
            words = "variables of a section change its default in part (nested_model_default_partial_update)"
            yield _reading(old, "partialDefaults", f"{words}: {bool(defaults[1])} now, {bool(defaults[0])} before", new)
    if [each["path"] for each in _nested(before)] != [each["path"] for each in _nested(now)]:
        yield ContractChange("", (), "", "", "nested settings classes read their environment in other places")


def _nested(programs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [entry for program in programs for entry in program.get("nested", ())]


def _reading(old: Mapping[str, Any], key: str, sentence: str, new: Mapping[str, Any]) -> ContractChange:
    return ContractChange("", (), f"{key}={_said(old.get(key))}", f"{key}={_said(new.get(key))}", sentence)


def _said(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
