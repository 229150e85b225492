"""Differences between the accepted strings, as changes under the ids of the rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from confcontract.compare.accepted import (
    Aspect,
    Cases,
    Difference,
    Inclusion,
    Side,
    difference_in_file,
    difference_in_json,
)
from confcontract.compare.empty_parts import of_empty_parts
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, Pair, once_for_all_rules
from confcontract.compare.presence import is_section
from confcontract.contract.artifact import is_hidden
from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING, Severity

_SEVERITIES = {Inclusion.HOLDS: INFO, Inclusion.BROKEN: ERROR, Inclusion.UNDECIDED: REVIEW}

# Aspect → the rule's name if less is accepted, if more is, and if both is the case.
_IDS = {
    Aspect.TYPE: ("TYPE_NARROWED", "TYPE_WIDENED", "TYPE_CHANGED"),
    Aspect.FORMAT: ("FORMAT_ADDED", "FORMAT_REMOVED", ""),
    Aspect.ENUM: ("ENUM_VALUE_REMOVED", "ENUM_VALUE_ADDED", ""),
    Aspect.ENUM_PRESENCE: ("ENUM_SET", "ENUM_UNSET", "TYPE_CHANGED"),  # a choice of texts that becomes a number
    Aspect.RANGE: ("RANGE_NARROWED", "RANGE_WIDENED", ""),
    Aspect.PATTERN: ("PATTERN_NARROWED", "PATTERN_WIDENED", "PATTERN_INCOMPARABLE"),
    Aspect.EMPTY: ("EMPTY_REJECTED", "EMPTY_ACCEPTED", ""),
}
_UNDECIDED = {Aspect.PATTERN: "PATTERN_UNDECIDED"}
_UNDECIDED_ELSE = "TYPE_UNDECIDED"
# The rules about which values are accepted. ENCODING_CHANGED reports another meaning of the same values.
OF_VALUES = frozenset(filter(None, (*chain(*_IDS.values()), *_UNDECIDED.values(), _UNDECIDED_ELSE)))


@dataclass(frozen=True)
class AcceptedChanges:
    """by_rule: the differences between the accepted strings. judged: the paths of the compared pairs; no other rule
    needs to examine these.
    """

    by_rule: Mapping[str, Sequence[ContractChange]]
    judged: frozenset[str]


def accepted(rule: str) -> Callable[[Compared], Iterator[ContractChange]]:
    """The function of a rule that is about accepted strings."""

    def find(compared: Compared) -> Iterator[ContractChange]:
        yield from changes_of(compared).by_rule.get(rule, ())

    return find


@once_for_all_rules
def changes_of(compared: Compared) -> AcceptedChanges:
    """The changes of all pairs; computed once."""
    found: dict[str, list[ContractChange]] = {}
    pairs = [pair for pair in compared.treated_otherwise if not _is_told_by_members(compared, pair)]
    old, new = compared.indexed
    cases = Cases()
    for pair in pairs:
        for rule, change in _changes(compared, pair, (Side(old, pair.old), Side(new, pair.new)), cases):
            found.setdefault(rule, []).append(change)
    for rule, change in of_empty_parts(compared):
        found.setdefault(rule, []).append(change)
    return AcceptedChanges(found, frozenset(pair.path for pair in pairs))


def _changes(
    compared: Compared, pair: Pair, sides: tuple[Side, Side], cases: Cases
) -> Iterator[tuple[str, ContractChange]]:
    told, in_limits_alone = cases.compared(*sides)
    for difference in told:
        if difference.aspect is Aspect.DEFERRED or _is_of_a_member(compared, pair, difference):
            continue
        for rule in _rules(difference):
            yield rule, _change(rule, pair, difference)
    if in_limits_alone:  # then data can't show more than texts do
        return
    in_json = _beyond(told, difference_in_json(*sides))
    if in_json is not None:
        for rule in _rules(in_json):
            yield rule, _change_in_json(rule, pair, in_json, sides)
    in_file = _beyond(told, difference_in_file(*sides))
    if in_file is not None:
        for rule in _rules(in_file):
            yield rule, _change_in_data(rule, pair, in_file, _IN_FILE)


def _beyond(told: Iterable[Difference], in_json: Difference | None) -> Difference | None:
    """The differences in the JSON of a section, only in the directions in which the variable's texts show none."""
    if in_json is None:
        return None
    known = list(told)
    beyond = in_json
    if not all(each.forward is Inclusion.HOLDS for each in known):
        beyond = replace(beyond, forward=Inclusion.HOLDS, refused_by_new=None)
    if not all(each.rollback is Inclusion.HOLDS for each in known):
        beyond = replace(beyond, rollback=Inclusion.HOLDS, refused_by_old=None)
    return None if beyond.forward is beyond.rollback is Inclusion.HOLDS else beyond


def _change_in_json(rule: str, pair: Pair, difference: Difference, sides: tuple[Side, Side]) -> ContractChange:
    names = tuple(dict.fromkeys(str(side.plan.with_json[side.path[0]]["name"]) for side in sides))
    return replace(_change_in_data(rule, pair, difference, "in the JSON of the section, "), names=names)


_IN_FILE = "in a file that the settings class reads, "


def _change_in_data(rule: str, pair: Pair, difference: Difference, where: str) -> ContractChange:
    plain = _change(rule, pair, difference)
    return replace(
        plain,
        old=f"{where}{plain.old}",
        new=f"{where}{plain.new}",
        sentence=f"{where}{pair.path} {plain.sentence}",
        back=f"{where}{pair.path} {plain.back}",
        stands_alone=True,
    )


def _is_told_by_members(compared: Compared, pair: Pair) -> bool:
    """Whether its members describe a section completely, in both contracts: each member is a variable of its own."""
    return is_section(pair.old) and is_section(pair.new) and compared.plans.has_members(pair.old, pair.new)


def _is_of_a_member(compared: Compared, pair: Pair, difference: Difference) -> bool:
    """Whether the difference is reported for a variable of its own."""
    path = (*pair.old["path"], *difference.path)
    return bool(difference.path) and any(
        path[:size] in compared.paired_paths for size in range(len(pair.old["path"]) + 1, len(path) + 1)
    )


def _rules(difference: Difference) -> tuple[str, ...]:
    forward, rollback = difference.forward, difference.rollback
    broken = (forward is Inclusion.BROKEN, rollback is Inclusion.BROKEN)
    if difference.aspect is Aspect.ENCODING:
        return ("ENCODING_CHANGED",)
    narrowed, widened, both = _IDS[difference.aspect]
    if broken == (True, True):
        return (both,) if both else (narrowed, widened)
    if Inclusion.UNDECIDED in (forward, rollback) and not any(broken):
        return (_UNDECIDED.get(difference.aspect, _UNDECIDED_ELSE),)
    if broken == (False, False):
        return ("ENCODING_CHANGED",) if difference.read_otherwise is not None else ()
    return (narrowed,) if broken[0] else (widened,)


def _change(rule: str, pair: Pair, difference: Difference) -> ContractChange:
    hidden = is_hidden(pair.old) or is_hidden(pair.new)
    forward, rollback = _SEVERITIES[difference.forward], _SEVERITIES[difference.rollback]
    if difference.read_otherwise is not None:
        misread = ERROR if difference.aspect is Aspect.ENCODING else WARNING
        forward, rollback = _worse(forward, misread), _worse(rollback, misread)
    inside = _inside(difference.path)
    remedy = _SAY_WHAT if difference.aspect is Aspect.EMPTY and difference.read_otherwise is not None else ""
    return ContractChange(
        path=".".join((pair.path, *difference.path)),
        names=pair.names,
        old=difference.old,
        new=difference.new,
        sentence=_sentence(inside, difference.old, difference.new, difference, back=False)
        + _example(difference.refused_by_new, difference, hidden),
        back=_sentence(inside, difference.new, difference.old, difference, back=True)
        + _example(difference.refused_by_old, difference, hidden),
        stands_alone=bool(inside),
        forward=forward if rule not in _SPLIT else _SPLIT[rule](difference)[0],
        rollback=rollback if rule not in _SPLIT else _SPLIT[rule](difference)[1],
        declared=pair.declared,
        remedy=remedy,
        back_remedy=remedy,
    )


_SAY_WHAT = "Where it is set to nothing (such as NAME=), set the value that you want, or remove it."


def _first_only(difference: Difference) -> tuple[Severity, Severity]:
    return _SEVERITIES[difference.forward], INFO if difference.rollback is not Inclusion.UNDECIDED else REVIEW


def _second_only(difference: Difference) -> tuple[Severity, Severity]:
    return INFO if difference.forward is not Inclusion.UNDECIDED else REVIEW, _SEVERITIES[difference.rollback]


# If a change goes both ways and two rules report it, each rule reports its own direction.
_SPLIT: dict[str, Callable[[Difference], tuple[Severity, Severity]]] = {}
for _narrowed, _widened, _both in _IDS.values():
    if not _both:
        _SPLIT[_narrowed], _SPLIT[_widened] = _first_only, _second_only


def _worse(one: Severity, other: Severity) -> Severity:
    return min(one, other, key=lambda each: each.rank)


def _inside(path: tuple[str, ...]) -> str:
    if not path:
        return ""
    if path[-1] == "[]":
        return "each item "
    if path[-1] == "{}":
        return "each value "
    return f"{'.'.join(path)} inside "


def _sentence(inside: str, was: str, becomes: str, difference: Difference, *, back: bool) -> str:
    """back: for the rollback, from the new contract to the old one."""
    ways = difference.forward, difference.rollback
    holds, other = reversed(ways) if back else ways
    what = _becomes_of_values(holds, other)
    undecided = f" (not decided: {difference.why})" if difference.why and holds is Inclusion.UNDECIDED else ""
    words = f"{what}: {was} → {becomes}" if was != becomes else f"{what} (in both versions: {was})"
    return f"{inside}{words}{undecided}"


def _becomes_of_values(holds: Inclusion, other: Inclusion) -> str:
    """What happens to accepted values. holds: whether all are still accepted; other: whether no others are."""
    if holds is other is Inclusion.HOLDS:
        return "reads some values differently"
    if holds is Inclusion.UNDECIDED and other is Inclusion.BROKEN:
        return "accepts more values, and may refuse some that were accepted"
    how = "accepts" if Inclusion.BROKEN in (holds, other) else "may accept"
    if holds is other:
        return f"{how} other values"
    return f"{how} {'more' if holds is Inclusion.HOLDS or other is Inclusion.BROKEN else 'fewer'} values"


def _example(witness: str | None, difference: Difference, hidden: bool) -> str:
    if hidden:
        return ""
    if witness is not None:
        return f"; {quoted(witness)} is refused"
    if difference.read_otherwise is not None:
        return f"; {quoted(difference.read_otherwise)} means something else"
    return ""


def quoted(text: str) -> str:
    """A value on one line, with visible start and end."""
    from confcontract.report.terminal import cut, printable

    return printable(json.dumps(cut(text[:200], 60), ensure_ascii=False))
