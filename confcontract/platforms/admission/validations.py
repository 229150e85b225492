"""The validations of a policy: one for each variable whose value can be judged, one for each that is required, one for
each secret."""

from __future__ import annotations

from dataclasses import dataclass

from confcontract.contract.schemes import SCHEMES
from confcontract.platforms.admission.cel_text import any_of, every, text, texts
from confcontract.platforms.admission.environment_entries import LONGEST
from confcontract.platforms.admission.judgements import linked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.platforms.admission.exposed_secrets import ExposedSecret, PartNames
    from confcontract.platforms.admission.judgements import Requirement, ValueJudgement


@dataclass(frozen=True, slots=True)
class Validation:
    """expression: in CEL; if it is false the object is refused. message: for a person. variable, code: of the problem
    that boot would report. per_entry: its cost for each variable of a container: see policy_cost.py.
    """

    variable: str
    code: str
    expression: str
    message: str
    per_entry: int


def of_value(judgement: ValueJudgement, *, skips_empty: bool) -> Validation | None:
    """Judges the last entry under the preferred name: of duplicates, the kubelet uses the last. None if everything is
    accepted.

    Two spellings of one name have no order, so either can be the one that is used.
    """
    if judgement.accepts is None:
        return None
    unless = ["x[1] == '?'", "m.exists(e, e[3] != x[3])"]
    if skips_empty:
        unless.append("x[2] == ''")
    if judgement.around:
        unless += ["c.more", f"c.env.exists(e, e[0] in {texts(judgement.around)})"]
    elif len(judgement.names) > 1:
        better = "(c.more || c.links)" if any(map(linked, judgement.names)) else "c.more"
        unless.append(f"({better} && x[0] != {text(judgement.names[0])})")
    expression = (
        f"variables.given.all(c, [c.env.filter(e, {_named(judgement.names)})].all(m, m.size() == 0 || "
        f"[m[m.size() - 1]].all(x, {any_of(unless)} || [x[2]].all(v, {judgement.accepts}))))"
    )
    return _validation(judgement, expression, 4 if judgement.around else 3)


def of_requirement(
    requirement: Requirement, roles: Sequence[str], role: str | None, *, has_role: bool, skips_empty: bool
) -> Validation:
    """roles: of the contract. role: of containers that name none; None if it is not known. has_role: whether these may
    have one at all; boot requires everything of a container without a role.
    """
    named = any_of((_named(requirement.names), *(f"e[0].startsWith({text(each)})" for each in requirement.begins)))
    given = every((f"({named})", "(e[1] == '?' || e[2] != '')")) if skips_empty else named
    unless = ["c.more", "c.files", *(["c.links"] if requirement.linked else [])]
    if requirement.roles is not None and requirement.roles != frozenset(roles):
        unnamed = {""} if role in requirement.roles or not has_role else set()
        needing = sorted(requirement.roles | unnamed)
        unless.append(f"!(c.role in {texts(needing)})")
    if requirement.when:
        begun = every((_named(requirement.when), "e[1] == '='", *(["e[2] != ''"] if skips_empty else [])))
        unless.append(f"!c.env.exists(e, {begun})")
    expression = f"variables.given.all(c, {any_of(unless)} || c.env.exists(e, {given}))"
    return _validation(requirement, expression, 7 + 4 * len(requirement.begins) + (10 if requirement.when else 0))


def of_secret(exposed: ExposedSecret) -> Validation:
    """No entry may have such a name and a value that is plain text. Of duplicates, the kubelet uses the last.

    A value that is too long to be judged is text all the same, unless the kubelet expands it or boot looks it up.
    """
    named = any_of((*([_named(exposed.names)] if exposed.names else []), *map(_is_part, exposed.parts)))
    refers = any_of(f"x[2].startsWith({text(each)})" for each in SCHEMES)
    long = f"(x[2].size() > {LONGEST} && !x[2].contains('$(') && !x[2].contains('$$') && !({refers}))"
    plain = f"x[2] != '' && (x[1] == '=' || {long})"
    expression = (
        f"variables.given.all(c, [c.env.filter(e, {named})].all(m, "
        f"m.all(o, [m.filter(e, e[3] == o[3])].all(s, [s[s.size() - 1]].all(x, !({plain}))))))"
    )
    return _validation(exposed, expression, 3 + sum(4 + 4 * len(each.other_begins) for each in exposed.parts))


def _is_part(part: PartNames) -> str:
    others = [f"!(e[0] in {texts(part.other_names)})"] if part.other_names else []
    others += [f"!e[0].startsWith({text(each)})" for each in part.other_begins]
    return f"({every((f'e[0].startsWith({text(part.begin)})', *others))})"


def _validation(judged: ExposedSecret | Requirement | ValueJudgement, expression: str, per_entry: int) -> Validation:
    return Validation(judged.variable, judged.code, expression, f"{judged.message} [{judged.code}]", per_entry)


def _named(names: Sequence[str]) -> str:
    return f"e[0] == {text(names[0])}" if len(names) == 1 else f"e[0] in {texts(names)}"
