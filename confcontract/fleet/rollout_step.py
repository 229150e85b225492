"""Decides when the new version of a service can go to one environment: at once, after settings are changed, or not yet.

The decision is based on what runs today: the new contract is checked with the current environment, and the old contract
again for a rollback. If the planned environment is known, both versions are checked with it as well, since settings are
changed before the version that needs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from confcontract.compare.deployment import Asked, Deployment, VersionVerdict, in_deployment, verdict_on
from confcontract.compare.diff import Comparison, diff
from confcontract.compare.finding import Bearing, Finding
from confcontract.compare.report_of_diff import DiffReport, called
from confcontract.compare.version_words import version_in_words
from confcontract.contract.artifact import Contract
from confcontract.findings.direction import FORWARD, ROLLBACK, Direction
from confcontract.fleet.service_record import RecordedReason, StepRecord, Wave
from confcontract.host.sourcefile import Unreadable, read_source

_MISSING = ("value-missing", "secret-missing")


class RolloutStep:
    """old: None if nothing runs yet. new: None if the service is removed. service: its name in the fleet, which may
    differ from that of its contract."""

    def __init__(self, service: str, old: Contract | None, new: Contract | None) -> None:
        self._old, self._new = old, new
        self._comparison: Comparison | None = None
        self.versions = ""
        if old is not None and new is not None:
            self._comparison = diff(old, new, "full", verified=True)
            self.versions = called(self._comparison, FORWARD, service)
        elif new is not None:
            self.versions = f"{service} {version_in_words(new)}"

    def into(self, today: Sequence[str], planned: Sequence[str] | None, asked: Asked) -> StepRecord:
        """Checks the environment in these files. planned: the files after the rollout, None if they are not known.

        Raises the errors of `in_deployment`.
        """
        if self._new is None:
            return StepRecord(Wave.REMOVED, "")
        if self._comparison is None or not today:
            return self._first_time(self._new, planned if planned is not None else today, asked)
        unlike = planned is not None and not _is_same(today, planned)
        if not unlike and self._is_same_contract():
            return StepRecord(Wave.UNCHANGED, self.versions)
        now = _Met(self._comparison, today, asked)
        then = _Met(self._comparison, planned, asked) if unlike and planned is not None else None
        return self._judged(now, then)

    def _is_same_contract(self) -> bool:
        assert self._old is not None
        assert self._new is not None
        return self._old.digest == self._new.digest

    def _first_time(self, new: Contract, files: Sequence[str], asked: Asked) -> StepRecord:
        """The first deployment of a service: there is no version to roll back to."""
        verdict, _ = verdict_on(new, files, asked)
        if verdict.accepts:
            return StepRecord(Wave.FIRST, self.versions)
        return self._refused(verdict)

    def _judged(self, now: _Met, then: _Met | None) -> StepRecord:
        if then is not None and not then.there.new.accepts:
            return self._refused(then.there.new)
        if now.passes(FORWARD):
            if now.passes(ROLLBACK):
                return StepRecord(Wave.FIRST, self.versions)
            return StepRecord(Wave.ONE_WAY, self.versions, tuple(now.reasons(ROLLBACK)))
        if then is None:
            return self._refused(now.there.new, now)
        if then.passes(FORWARD):
            if then.there.old.accepts:
                return StepRecord(Wave.SETTINGS, self.versions, tuple(now.reasons(FORWARD)), now.settings())
            together = RecordedReason(
                "set-together", "", "the running version refuses the planned settings: change both at once"
            )
            refusals = map(RecordedReason.of, then.there.old.refusals)
            return StepRecord(Wave.BLOCKED, self.versions, (together, *refusals))
        return StepRecord(Wave.BLOCKED, self.versions, tuple(then.reasons(FORWARD)))

    def _refused(self, verdict: VersionVerdict, met: _Met | None = None) -> StepRecord:
        """If missing settings are the only fault, the version can go after they are set."""
        missing = [each for each in verdict.refusals if each.code in _MISSING and each.variable]
        reasons = tuple(map(RecordedReason.of, verdict.refusals)) if met is None else tuple(met.reasons(FORWARD))
        names = _once(str(each.variable) for each in missing)
        blocked = len(missing) < len(verdict.refusals) or not missing
        if met is not None:
            blocked |= any(each.where not in names for each in met.blocking(FORWARD))
        return StepRecord(Wave.BLOCKED if blocked else Wave.SETTINGS, self.versions, reasons, () if blocked else names)


class _Met:
    """A comparison evaluated in an environment."""

    def __init__(self, comparison: Comparison, files: Sequence[str], asked: Asked) -> None:
        self.there: Deployment
        self.comparison, self.there = in_deployment(comparison, files, asked)
        self.report = DiffReport((self.comparison,), deployments=(self.there,))

    def passes(self, direction: Direction) -> bool:
        return self.report.passes(self.comparison, direction)

    def blocking(self, direction: Direction) -> list[Finding]:
        return [each for each in self.comparison.of(direction) if self.report.blocks(each)]

    def reasons(self, direction: Direction) -> Iterator[RecordedReason]:
        """The refusals of the version that would run, then the findings about other variables."""
        refusals = self.there.after(direction).refusals
        yield from map(RecordedReason.of, refusals)
        told = {each.variable for each in refusals}
        for each in self.blocking(direction):
            if not each.where or each.where not in told:
                yield _of_finding(each)

    def settings(self) -> tuple[str, ...]:
        """The settings to change before the new version goes."""
        found = (*(each.variable for each in self.there.new.refusals), *(each.where for each in self.blocking(FORWARD)))
        return _once(each for each in found if each)


def _of_finding(finding: Finding) -> RecordedReason:
    here = "not verified here" if finding.bearing is Bearing.UNVERIFIED else ""
    why = ": ".join(each for each in (here, finding.here) if each)
    message = f"{finding.sentence} ({why})" if why else finding.sentence
    return RecordedReason(
        finding.rule, finding.where, message, finding.remedy, finding.declared, finding.severity.value
    )


def _is_same(files: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the files have the same bytes, whatever their names."""
    try:
        return len(files) == len(others) and all(
            one == other or read_source(one) == read_source(other) for one, other in zip(files, others, strict=True)
        )
    except Unreadable:
        return False  # checking the environment reports the reason


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
