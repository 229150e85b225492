"""(old contract, new contract) → findings. Nothing is printed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from confcontract.compare.finding import ContractChange, Finding
from confcontract.compare.pairing import Compared, pair_up, path_of
from confcontract.compare.rule import CompareRule
from confcontract.compare.rules import all_rules
from confcontract.compare.unexplained import unexplained
from confcontract.contract.artifact import Contract
from confcontract.findings.direction import FORWARD, ROLLBACK, Direction
from confcontract.findings.severity import INFO, REVIEW, Severity, fingerprint
from confcontract.verdict.mask import mask_credentials

DIRECTIONS: Mapping[str, tuple[Direction, ...]] = {
    "forward": (FORWARD,),
    "rollback": (ROLLBACK,),
    "full": (FORWARD, ROLLBACK),
}


@dataclass(frozen=True)
class ProjectRules:
    """The project's overrides: [tool.confcontract.diff] of pyproject.toml.

    severities: (rule, direction) → severity, None if the rule is off. None as the direction means both; then a finding
    that is only information keeps its severity, unless the rule has no other. renamed: name in the old contract → name
    in the new one.
    """

    severities: Mapping[tuple[str, Direction | None], Severity | None] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """The compared contracts, and the findings: first those of the upgrade, then of the rollback, the worst first."""

    old: Contract
    new: Contract
    directions: tuple[Direction, ...]
    findings: tuple[Finding, ...]

    def of(self, direction: Direction) -> list[Finding]:
        return [each for each in self.findings if each.direction is direction]


def diff(
    old: Contract,
    new: Contract,
    direction: str = "forward",
    project: ProjectRules | None = None,
    *,
    verified: bool = False,
) -> Comparison:
    """Compare two contracts.

    direction: "forward" (is every environment of the old contract valid for the new one?), "rollback" (the reverse) or
    "full" (both). verified: whether the contracts are known to match their digests, as contracts loaded from a file
    are. Raises ValueError for another direction.
    """
    if direction not in DIRECTIONS:
        raise ValueError(f"direction is one of {', '.join(DIRECTIONS)}, not {direction!r}")
    project = project or ProjectRules()
    directions = DIRECTIONS[direction]
    same = verified and old.digest == new.digest and old.data == new.data
    if same and not project.renamed:  # no rule can have a finding
        return Comparison(old, new, directions, ())
    compared = pair_up(old, new, project.renamed)
    told = told_of(compared, verified=verified)
    places = _places(compared, told)
    findings = _findings(told, directions, project, places)
    return Comparison(old, new, directions, tuple(findings))


def told_of(compared: Compared, *, verified: bool) -> list[tuple[CompareRule, ContractChange]]:
    """The findings of all rules, in all directions."""
    told = list(_changes(compared, verified=verified))
    return told + [(all_rules()["PLAN_CHANGED"], change) for change in unexplained(compared, told)]


def _changes(compared: Compared, *, verified: bool) -> Iterator[tuple[CompareRule, ContractChange]]:
    for rule in all_rules().values():
        if rule.id == "DIGEST_MISMATCH" and verified:
            continue
        for change in rule.find(compared):
            yield rule, _without_passwords(change)


def _without_passwords(change: ContractChange) -> ContractChange:
    """Mask passwords: words of authors, commands and addresses may contain some."""
    texts = {key: text for key in _WORDS if (text := getattr(change, key))}
    masked: dict[str, Any] = {key: mask_credentials(text) for key, text in texts.items()}
    return change if masked == texts else replace(change, **masked)


_WORDS = ("old", "new", "sentence", "back", "remedy", "back_remedy")


def _places(compared: Compared, told: Sequence[tuple[CompareRule, ContractChange]]) -> dict[str, int]:
    """The path of what is reported, and of the sections around it → its position in a report: in the order of the
    settings class, first of the new one.
    """
    missing = {path for _, change in told for path in (change.path, change.path.rpartition(".")[0])}
    places: dict[str, int] = {}
    before = 1
    for variables in (compared.new.variables, compared.old.variables) if told else ():
        names = [path.rpartition(".")[2] for path in missing]
        last = {*names, *(f"\0{name}" for name in names)}
        found = [(path_of(each), number) for number, each in enumerate(variables, before) if each["path"][-1] in last]
        places = dict(reversed(found)) | places
        missing.difference_update(places, [""])
        if not missing:
            break
        before += len(variables)
    return places


def _findings(
    told: Sequence[tuple[CompareRule, ContractChange]],
    directions: Iterable[Direction],
    project: ProjectRules,
    places: Mapping[str, int],
) -> list[Finding]:
    numbers = {name: number for number, name in enumerate(all_rules())}
    found: dict[tuple[str, Direction], Finding] = {}
    marks = [fingerprint(rule.id, change.path, change.old, change.new) for rule, change in told]
    for direction in directions:
        for (rule, change), mark in zip(told, marks, strict=True):
            if direction is ROLLBACK and rule.no_mirror:
                continue
            severity = _severity(rule, change, direction, project)
            if severity is None:
                continue
            place = (places.get(change.path, places.get(change.path.rpartition(".")[0], 0)), numbers[rule.id])
            found.setdefault((mark, direction), _finding(rule, change, direction, severity, mark, place))
    rank = {each: number for number, each in enumerate(DIRECTIONS["full"])}
    return sorted(
        found.values(), key=lambda each: (rank[each.direction], each.severity.rank, each.order, each.fingerprint)
    )


def _severity(
    rule: CompareRule, change: ContractChange, direction: Direction, project: ProjectRules
) -> Severity | None:
    own = (change.forward if direction is FORWARD else change.rollback) or rule.severity(direction)
    if (rule.id, direction) in project.severities:
        return project.severities[rule.id, direction]
    if (rule.id, None) in project.severities:
        wanted = project.severities[rule.id, None]
        if wanted is None or own is not INFO or rule.forward is rule.rollback is INFO:
            return wanted
    return own


def _finding(
    rule: CompareRule,
    change: ContractChange,
    direction: Direction,
    severity: Severity,
    mark: str,
    place: tuple[int, int],
) -> Finding:
    back = direction is ROLLBACK
    return Finding(
        rule=rule.id,
        severity=severity,
        direction=direction,
        path=change.path,
        names=change.names,
        old=change.old,
        new=change.new,
        sentence=(change.back or change.sentence) if back else change.sentence,
        stands_alone=change.stands_alone,
        remedy=_remedy(rule, change, direction, severity),
        fingerprint=mark,
        declared=change.declared,
        order=place,
    )


def _remedy(rule: CompareRule, change: ContractChange, direction: Direction, severity: Severity) -> str:
    own = change.back_remedy if direction is ROLLBACK else change.remedy
    undecided = severity is REVIEW and rule.forward is not REVIEW and rule.acceptance
    return own or (all_rules()["TYPE_UNDECIDED"] if undecided else rule).remedy_for(direction)
