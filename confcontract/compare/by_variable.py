"""The findings of a comparison by variable: one item for each, however many rules have reported it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from confcontract.compare.diff import ProjectRules, diff
from confcontract.compare.finding import Finding
from confcontract.compare.pairing import Variable, pair_up, path_of
from confcontract.contract.artifact import Contract


class Fate(StrEnum):
    """What happened to a variable."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class VariableHistory:
    """A variable of two contracts. old, new: its entries; None if it does not exist. findings: of an upgrade."""

    fate: Fate
    old: Variable | None
    new: Variable | None
    findings: tuple[Finding, ...]

    @property
    def current(self) -> Variable:
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def name(self) -> str:
        """Its name in the new contract; for a removed one, in the old contract."""
        return str(self.current["name"])

    @property
    def newly_deprecated(self) -> bool:
        """Whether the new contract deprecates a name that the old one did not."""
        now = _deprecated_names(self.new)
        return self.fate is not Fate.REMOVED and bool(now - _deprecated_names(self.old))


@dataclass(frozen=True)
class UpgradeFindings:
    """variables: in the order of the new contract, removed ones last. general: findings that concern no single
    variable.
    """

    old: Contract
    new: Contract
    variables: tuple[VariableHistory, ...]
    general: tuple[Finding, ...]

    @property
    def findings(self) -> list[Finding]:
        return [*(finding for each in self.variables for finding in each.findings), *self.general]


def findings_by_variable(old: Contract, new: Contract, project: ProjectRules | None = None) -> UpgradeFindings:
    """The findings of an upgrade. A variable without findings is not included, unless it is new or removed."""
    project = project or ProjectRules()
    compared = pair_up(old, new, project.renamed)
    fates = {id(each): Fate.ADDED for each in compared.added} | {id(each): Fate.REMOVED for each in compared.removed}
    histories: dict[int, tuple[Variable | None, Variable | None]] = {
        id(each): (compared.partner(each), each) for each in new.variables
    }
    by_path = {path_of(each): id(each) for each in reversed(new.variables)}
    for each in old.variables:
        partner = compared.partner(each)
        if partner is None:
            histories[id(each)] = (each, None)
        by_path.setdefault(path_of(each), id(each if partner is None else partner))
    found: dict[int, list[Finding]] = {}
    general: list[Finding] = []
    for finding in diff(old, new, "forward", project, verified=True).findings:
        owner = _owner(finding, by_path)
        if owner is None:
            general.append(finding)
        else:
            found.setdefault(owner, []).append(finding)
    variables = tuple(
        VariableHistory(fates.get(key, Fate.CHANGED), before, now, tuple(found.get(key, ())))
        for key, (before, now) in histories.items()
        if key in found or key in fates
    )
    return UpgradeFindings(old, new, variables, tuple(general))


def _owner(finding: Finding, by_path: Mapping[str, int]) -> int | None:
    """The variable that a finding is about: the one with its path, or one around it."""
    if not finding.names:
        return None
    parts = finding.path.split(".")
    for size in range(len(parts), 0, -1):
        if (key := by_path.get(".".join(parts[:size]))) is not None:
            return key
    return None


def _deprecated_names(variable: Variable | None) -> set[str]:
    return set(variable.get("deprecated", {}).get("names", ())) if variable is not None else set()
