"""Sections and mappings for which only empty values are set, if these count as values in only one of two contracts.

In one contract SHOP_DATABASE__SIZE= sets the section; in the other it sets nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from confcontract.compare.accepted import Side
from confcontract.compare.accepted.text_trial import NotAlone, TextTrial, trial_of
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, Pair, Variable
from confcontract.compare.presence import Need, is_section, need_of
from confcontract.findings.severity import ERROR, INFO, WARNING, Severity

Members = Mapping[tuple[str, ...], list[Variable]]

_WORDS = ("empty values alone set it", "empty values alone do not set it")
_MEANS = "Where only empty values are set, set what you want it to be."
_AS_JSON = "Write what it is to hold as JSON, all of it, where a value is empty."
_REMOVE = "Remove the empty values."


@dataclass(frozen=True)
class _EmptyParts:
    """The effect of empty values of parts on a variable. lost: the severity if they no longer count, and an example of
    their names; brought: the same if they count from now on.
    """

    lost: tuple[Severity, str]
    brought: tuple[Severity, str]


def of_empty_parts(compared: Compared) -> Iterator[tuple[str, ContractChange]]:
    """The changes, each under the id of a rule."""
    plans = compared.indexed
    if plans[0].ignores_empty == plans[1].ignores_empty:
        return
    members = [_members(each.contract.variables) for each in plans]
    told: set[str] = set()  # names for which an inner section already reports that environments are refused
    for pair in sorted(compared.pairs, key=lambda each: -len(each.old["path"])):
        if not all(is_section(each) or "open" in each for each in pair):
            continue
        sides = Side(plans[0], pair.old), Side(plans[1], pair.new)
        if sides[0].leaves_out_empty == sides[1].leaves_out_empty:
            continue
        old_counts = sides[1].leaves_out_empty
        counting, ignoring = sides if old_counts else sides[::-1]
        inside = members[0 if old_counts else 1].get(counting.path, [])
        found = _judged(counting, ignoring, inside, told)
        if ERROR in (found.lost[0], found.brought[0]):
            told.update(each["name"] for each in inside)
        if not found.lost[0] is found.brought[0] is INFO:
            yield _change(pair, found, old_counts=old_counts)


def _members(variables: Iterable[Variable]) -> Members:
    """By the path of a section, all variables inside it."""
    found: dict[tuple[str, ...], list[Variable]] = {}
    for variable in variables:
        for size in range(1, len(variable["path"])):
            found.setdefault(tuple(variable["path"][:size]), []).append(variable)
    return found


def _judged(counting: Side, ignoring: Side, inside: list[Variable], told: Set[str]) -> _EmptyParts:
    """counting: the side for which empty values are values. inside: its members there."""
    need = need_of(ignoring.variable)
    nothing = INFO, ""
    try:
        trial = trial_of(counting, required=False)
        parts = [each for each in inside if each["name"] not in told and _takes_empty(counting, each)]
    except NotAlone:  # then each of its parts is reported as undecided
        return _EmptyParts(nothing, nothing)
    optional = {each["name"] for each in parts if need_of(each) is Need.NEVER}
    optional |= {f"{prefix}NAME" for prefix in counting.variable.get("open", ())}
    names = [*dict.fromkeys((*(each["name"] for each in parts), *sorted(optional)))]
    set_alone = {name: trial.accepts_set({name: ""}) for name in names}
    refused = next((name for name, accepted in set_alone.items() if not accepted), None)
    shown = next((name for name, accepted in set_alone.items() if accepted and name in optional), None)
    lost = brought = nothing
    if shown is not None and need is not Need.NEVER:
        lost = ERROR, shown
    elif shown is not None and not _changes_its_default(counting) and _is_another(trial, shown, ignoring.variable):
        lost = brought = WARNING, shown
    if refused is not None and need is not Need.ALWAYS:
        brought = ERROR, refused
    return _EmptyParts(lost, brought)


def _takes_empty(counting: Side, member: Variable) -> bool:
    return not is_section(member) and trial_of(Side(counting.plan, member), required=False).accepts("")


def _changes_its_default(side: Side) -> bool:
    """Whether a section that is partly set keeps its default for the rest."""
    return any("partialDefaults" in program for program, _ in side.decoding)


def _is_another(trial: TextTrial, name: str, variable: Variable) -> bool:
    """Whether a variable that is not set has another value than one in which only an empty value is set. name: the name
    with the empty value; a changed meaning of its own is reported elsewhere.
    """
    default, found = variable.get("default"), trial.value_set({name: ""})
    if not is_section(variable) or not isinstance(default, Mapping) or not isinstance(found, Mapping):
        return True
    return any(found[key] not in ("", value) for key, value in default.items() if key in found)


def _change(pair: Pair, found: _EmptyParts, *, old_counts: bool) -> tuple[str, ContractChange]:
    forward, rollback = (found.lost, found.brought) if old_counts else (found.brought, found.lost)
    example = next(name for _, name in (forward, rollback) if name)
    lost, lost_remedy = _of_lost(pair, found.lost[0], found.lost[1] or example)
    brought, brought_remedy = _of_brought(pair, found.brought[0], found.brought[1] or example)
    old, new = _WORDS if old_counts else _WORDS[::-1]
    change = ContractChange(
        pair.path,
        pair.names,
        old,
        new,
        lost if old_counts else brought,
        back=brought if old_counts else lost,
        forward=forward[0],
        rollback=rollback[0],
        remedy=lost_remedy if old_counts else brought_remedy,
        back_remedy=brought_remedy if old_counts else lost_remedy,
        declared=pair.declared,
    )
    if forward[0] is ERROR:
        return "EMPTY_REJECTED", change
    return ("EMPTY_ACCEPTED" if rollback[0] is ERROR else "ENCODING_CHANGED"), change


def _of_lost(pair: Pair, severity: Severity, name: str) -> tuple[str, str]:
    """A sentence, and what to do."""
    only = f"where only empty values are set in it, such as {name}="
    if severity is ERROR:
        return f"is missing {only}", f"Set a value in it that is not empty, or {pair.new['name']} itself."
    if severity is INFO:
        return f"is not set by empty values any more, such as {name}=", ""
    if not is_section(pair.new):
        return f"has no keys any more whose values are empty, such as {name}=", _AS_JSON
    return f"has its default {only}; they were values before", _MEANS


def _of_brought(pair: Pair, severity: Severity, name: str) -> tuple[str, str]:
    only = f"where only empty values are set in it, such as {name}=, which count as values"
    if severity is INFO:
        return f"is set by empty values, too, such as {name}=", ""
    if not is_section(pair.new):
        what = "refuses" if severity is ERROR else "has keys for"
        return f"{what} empty values in it, such as {name}=, which did not count", _REMOVE
    return f"{'is refused' if severity is ERROR else 'loses its default'} {only}", _REMOVE
