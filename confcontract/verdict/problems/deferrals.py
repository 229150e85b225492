"""Facts about an environment that only the application can judge: which of them apply here, in words."""

from __future__ import annotations

from confcontract.report.problem import INFO, WARNING, Problem
from confcontract.verdict.sources.origin import as_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.sources.merged import Merged

UNREAD = "source"  # the kind of deferral, and the rule of its message: a source that boot does not read


def add_deferrals(result: Resolution, merged: Merged) -> None:
    """For a contract with deferrals: those that concern this environment."""
    result.deferred = [entry for entry in result.contract.deferred if _applies(entry, result)]
    result.problems.extend(_notes(result.deferred))
    result.problems.extend(_without_effect(result.deferred, merged))


def _applies(entry: Mapping[str, Any], result: Resolution) -> bool:
    """Whether a deferral concerns this environment: a default-factory only runs if nothing is set."""
    if entry["kind"] == UNREAD:
        return True
    computed = entry["kind"] in ("default", "default-factory")
    return not result.document or _reaches(result.document, entry["path"], computed)


def _reaches(value: Any, path: list[str], computed: bool) -> bool:
    """Whether a path of field names leads to something in the document, through lists and mappings too. For a computed
    value: whether the path leads to a place where something is left out."""
    if not path:
        return not computed
    if _is_container(value) and not isinstance(value, dict):
        return any(_reaches(item, path, computed) for item in value)
    if not isinstance(value, dict):
        return value is not None and not computed
    if path[0] in value:
        return _reaches(value[path[0]], path[1:], computed)
    return computed or any(_reaches(item, path, computed) for item in value.values() if _is_container(item))


def _is_container(value: Any) -> bool:
    """Whether validation made it a mapping, list, tuple, set or deque. Many other iterable objects are single values: a
    flag contains itself, and a network has too many addresses to visit."""
    return isinstance(value, (dict, list, tuple, set, frozenset)) or type(value).__name__ == "deque"


def _notes(entries: list[dict[str, Any]]) -> list[Problem]:
    problems = []
    for entry in entries:
        place = f" ({entry['declaredAt']})" if "declaredAt" in entry else ""
        words = {
            "argument": "is given by the application's code",
            "default-factory": "is computed by the application at start",
            UNREAD: "not checked: one of the application's own sources may give it",
        }.get(entry["kind"], "accepted by the contract; the application checks further")
        names = entry["variables"]
        if names and entry["kind"] == UNREAD:
            words = "not checked: the application reads its environment in its own way"
        problems.append(
            Problem(
                "check-deferred",
                f"{words}: {entry['name']}{place}",
                variable=names[0] if len(names) == 1 else None,
                severity=INFO,
                hint="to run the real class: confcontract validate --model MODULE:CLASS",
                rule=UNREAD if entry["kind"] == UNREAD else None,
            )
        )
    return problems


def _without_effect(entries: Sequence[Mapping[str, Any]], merged: Merged) -> list[Problem]:
    """The value that is set for a field that the application passes to the constructor."""
    given = [name for each in entries if each["kind"] == "argument" for name in each["variables"]]
    found = [(name, merged.top(name)) for name in given]
    return [
        Problem(
            "value-ignored",
            "is set but has no effect: the application's code sets this value",
            variable=name,
            source=as_named(str(entry.source), entry.name, name),
            hint="remove it",
            severity=WARNING,
        )
        for name, entry in found
        if entry is not None
    ]
