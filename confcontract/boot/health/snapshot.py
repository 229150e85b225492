"""The state at one moment, and the verdicts that follow from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from confcontract.boot.health.statuses import DEGRADED, DOWN, UNKNOWN, UP

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Datum: TypeAlias = str | int | float | bool

LIVE = "live"
READY = "ready"
STARTED = "started"
PROBES = (LIVE, READY, STARTED)


class HealthEntry(NamedTuple):
    """A check, or a note. `phases`: the verdicts in which it counts; `critical`: where DOWN means DOWN."""

    name: str
    status: str
    words: str
    phases: frozenset[str]
    critical: frozenset[str]
    data: Mapping[str, Datum]

    def status_in(self, phase: str) -> str:
        """UP, DEGRADED or DOWN. A check that has no result yet is alive and not ready."""
        is_critical = phase in self.critical
        if self.status == UNKNOWN:
            return DOWN if is_critical and phase == READY else UP
        return DEGRADED if self.status == DOWN and not is_critical else self.status


class Verdict(NamedTuple):
    """The answer to one probe. `words`: why it is not simply UP, in one line without secrets."""

    probe: str
    status: str
    words: str
    entries: tuple[HealthEntry, ...]


class Snapshot(NamedTuple):
    """Three verdicts of one moment; immutable."""

    live: Verdict
    ready: Verdict
    started: Verdict

    def verdict(self, probe: str) -> Verdict:
        found: Verdict = getattr(self, probe)
        return found


def judge(phase: str, entries: tuple[HealthEntry, ...]) -> Verdict:
    """The verdict of live or ready: the worst of its entries."""
    counting = tuple(entry for entry in entries if phase in entry.phases)
    found = [(entry, entry.status_in(phase)) for entry in counting]
    worst = next((bad for bad in (DOWN, DEGRADED) if any(status == bad for _, status in found)), UP)
    words = "; ".join(f"{entry.name}: {entry.words}" for entry, status in found if status == worst != UP)
    return Verdict(phase, worst, words, counting)


def judge_started(waiting_for: tuple[str, ...]) -> Verdict:
    """The verdict of started. `waiting_for`: the names of checks that have not passed since the start."""
    words = f"waiting for {', '.join(waiting_for)}" if waiting_for else ""
    return Verdict(STARTED, DOWN if waiting_for else UP, words, ())
