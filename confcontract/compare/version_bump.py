"""Which semantic version a change of the contract requires, and why."""

from __future__ import annotations

from dataclasses import dataclass

from confcontract.compare.by_variable import UpgradeFindings
from confcontract.compare.finding import Finding
from confcontract.compare.semantic_version import Level, SemanticVersion
from confcontract.findings.severity import ERROR, REVIEW

_NO_CHANGE = ("VERSION_NOT_BUMPED", "DIGEST_MISMATCH")  # changes of the contract itself, not of what operators set
_WORDS_ONLY = ("DESCRIPTION_CHANGED",)


@dataclass(frozen=True)
class Reason:
    """A finding, and the level that it requires."""

    finding: Finding
    level: Level


@dataclass(frozen=True)
class Bump:
    """change: how much the contract changed. level: the number to raise, which is one lower below 1.0.0.

    needed: the lowest valid version. reasons: all findings that count, those with the highest level first.
    """

    old: SemanticVersion
    change: Level
    level: Level
    needed: SemanticVersion
    reasons: tuple[Reason, ...]

    def allows(self, version: SemanticVersion) -> bool:
        """Whether a version is high enough; a pre-release of a version that is high enough counts as well."""
        if self.level is Level.NONE:
            return version.order >= self.old.order
        return version.core >= self.needed.core and version.order > self.old.order


def bump_of(found: UpgradeFindings, old: SemanticVersion) -> Bump:
    deprecated = {finding.fingerprint for each in found.variables if each.newly_deprecated for finding in each.findings}
    reasons = [Reason(each, _level(each, deprecated)) for each in found.findings if each.rule not in _NO_CHANGE]
    reasons.sort(key=lambda each: (each.level.rank, each.finding.severity.rank, each.finding.order))
    change = reasons[0].level if reasons else Level.NONE
    if not reasons and found.old.digest != found.new.digest:
        change = Level.PATCH  # differences that no rule reports
    level = _below_one(change) if old.is_initial else change
    return Bump(old, change, level, old.raised(level), tuple(reasons))


def _level(finding: Finding, deprecated: set[str]) -> Level:
    if finding.severity.reaches(REVIEW):
        return Level.MAJOR
    if finding.rule in _WORDS_ONLY and finding.fingerprint not in deprecated:
        return Level.PATCH
    return Level.MINOR


def _below_one(change: Level) -> Level:
    return {Level.MAJOR: Level.MINOR, Level.MINOR: Level.PATCH}.get(change, change)


def is_undecided(reason: Reason) -> bool:
    return reason.level is Level.MAJOR and reason.finding.severity is not ERROR
