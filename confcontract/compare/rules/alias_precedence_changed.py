"""ALIAS_PRECEDENCE_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.accepted import Inclusion, OtherName, Side, other_name_counts
from confcontract.compare.accepted_changes import quoted
from confcontract.compare.finding import ContractChange
from confcontract.compare.names_changed import folded_names, names_changed
from confcontract.compare.pairing import Compared, Pair, Variable, names_of
from confcontract.compare.rule import CompareRule
from confcontract.contract.artifact import is_hidden
from confcontract.findings.severity import ERROR, REVIEW, WARNING

_SEVERITIES = {Inclusion.HOLDS: WARNING, Inclusion.BROKEN: ERROR, Inclusion.UNDECIDED: REVIEW}


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in names_changed(compared).reordered:
        old, new = " before ".join(names_of(pair.old)), " before ".join(names_of(pair.new))
        forward, back = _both_ways(compared, pair)
        sensitive = _distinct_by_case(compared, pair)
        sentence = f"where several of its names are set, the first of these is used now: {new} (was {old})"
        back_sentence = f"where several of its names are set, the first of these is used again: {old}"
        if sensitive is pair.old:
            sentence = f"names in another case are one name now, of which the last that is set is used: {old}"
        elif sensitive is pair.new:
            back_sentence = f"names in another case are one name again, of which the last that is set is used: {new}"
        yield ContractChange(
            pair.path,
            pair.names,
            old,
            new,
            sentence + forward[1],
            back=back_sentence + back[1],
            stands_alone=True,
            forward=_SEVERITIES[forward[0]],
            rollback=_SEVERITIES[back[0]],
            declared=pair.declared,
        )


def _both_ways(compared: Compared, pair: Pair) -> tuple[tuple[Inclusion, str], tuple[Inclusion, str]]:
    """For each direction, whether the name that is used now accepts everything; and if not, an example in words."""
    names = _swapped(compared, pair)
    if names is None:  # the names have another prefix now, which is reported separately
        return (Inclusion.HOLDS, ""), (Inclusion.HOLDS, "")
    old, new = (Side(plan, each) for plan, each in zip(compared.indexed, (pair.old, pair.new), strict=True))
    hidden = is_hidden(pair.old) or is_hidden(pair.new)
    forward = other_name_counts(old, new, names)
    back = other_name_counts(new, old, names[::-1])
    return (forward.accepted, _said(forward, names, hidden)), (back.accepted, _said(back, names[::-1], hidden))


def _swapped(compared: Compared, pair: Pair) -> tuple[str, str] | None:
    """Two names that both contracts read: the first takes precedence in the old one, the second in the new one."""
    sensitive = _distinct_by_case(compared, pair)
    if sensitive is not None:
        first, other = folded_names(compared.key, names_of(sensitive)) or ("", "")
        return (first, other) if sensitive is pair.old else (other, first)
    before = {compared.key(name): name for name in names_of(pair.old)}
    now = {compared.key(name): name for name in names_of(pair.new)}
    common = [key for key in before if key in now], [key for key in now if key in before]
    return next(((before[a], now[b]) for a, b in zip(*common, strict=True) if a != b), None)


def _distinct_by_case(compared: Compared, pair: Pair) -> Variable | None:
    """The variable with two names that are equal for the other contract, which ignores case: there the last one set is
    used.
    """
    old, new = (folded_names(compared.key, names_of(each)) for each in (pair.old, pair.new))
    if bool(old) is bool(new):
        return None
    return pair.old if old else pair.new


def _said(other: OtherName, names: tuple[str, str], hidden: bool) -> str:
    if other.accepted is Inclusion.UNDECIDED:
        return f" (not decided: whether what is set as {names[1]} is always accepted)"
    if other.texts is None or hidden:
        return "" if other.texts is None else f"; what is set as {names[1]} may be refused"
    good, bad = (f"{name}={quoted(text)}" for name, text in zip(names, other.texts, strict=True))
    return f"; with {good} and {bad}, the latter is used and is refused"


RULE = CompareRule(
    id="ALIAS_PRECEDENCE_CHANGED",
    purpose="Where several names of one variable are set, another of them is used.",
    remedy="Set only one name of the variable.",
    mirror=("ALIAS_PRECEDENCE_CHANGED",),
    forward=ERROR,
    rollback=ERROR,
    circumstances="A warning where the variable accepts every text; to review where that can't be decided.",
    find=find,
)
