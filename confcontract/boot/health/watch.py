"""The state of one check: when it is due, its last result, and how long that is valid."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from confcontract.boot.health.snapshot import LIVE, READY, HealthEntry
from confcontract.boot.health.statuses import DOWN, UNKNOWN, UP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from confcontract.boot.checks.plan import Plan
    from confcontract.boot.health.snapshot import Datum

GRACE = 0.25  # seconds, so that a check that times out can report it itself
STALE_AFTER = 3  # periods, and the timeout
PROBED = frozenset((READY, LIVE))


class Watch:
    """State of one check; the caller holds the lock of its Health. Moments are of time.monotonic().

    began: of the running attempt, None if there is none. hung: it did not return in time. start: the start of the
    application that it belongs to. passed: the last start for which the check has passed.
    """

    __slots__ = (
        *("began", "due", "end", "evaluated", "hung", "passed", "plan", "seconds", "start", "status", "wall", "words"),
    )

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.began: float | None = None
        self.hung = False
        self.start = 0
        self.end = 0.0
        self.due = 0.0
        self.passed = -1
        self.status = UNKNOWN
        self.words = "not evaluated yet"
        self.seconds = 0.0
        self.evaluated = time.monotonic()
        self.wall = 0.0  # seconds since 1970

    @property
    def is_running(self) -> bool:
        """Whether an attempt is running that may still return in time."""
        return self.began is not None and not self.hung

    @property
    def needed_for_start(self) -> bool:
        return bool(self.plan.critical & self.plan.phases & PROBED)

    @property
    def fresh_until(self) -> float:
        return self.evaluated + STALE_AFTER * self.plan.period + self.plan.timeout + GRACE

    def begin(self, now: float, start: int) -> None:
        self.began, self.hung, self.start = now, False, start
        self.end = now + self.plan.timeout + GRACE
        self.due = now + self.plan.period

    def found(self, now: float, status: str, words: str, seconds: float) -> None:
        self.status, self.words, self.seconds = status, words, seconds
        self.evaluated, self.wall = now, time.time()

    def after(self, before: Watch | None) -> Watch:
        """The replacement for the same check with another target: it keeps the known results.

        A hung check is replaced only when it returns, so that it never runs twice at once.
        """
        if before is None:
            return self
        if before.hung and before.began is not None:
            before.plan = self.plan
            return before
        self.found(before.evaluated, before.status, before.words, before.seconds)
        self.wall, self.passed = before.wall, before.passed
        return self

    def is_up(self, now: float) -> bool:
        return self.status == UP and now < self.fresh_until

    def entry(self, now: float) -> HealthEntry:
        plan, status, words = self.plan, self.status, self.words
        if status != DOWN and now >= self.fresh_until:
            status, words = DOWN, f"stale: no result for {now - self.evaluated:.0f} s"
        data: dict[str, Datum] = {"target": plan.where}
        if plan.variable:
            data["variable"] = plan.variable
        if self.wall:
            data["evaluated"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.wall))
            data["seconds"] = round(self.seconds, 6)
        return HealthEntry(plan.name, status, words, plan.phases & PROBED, plan.critical, data)


def watches(plans: Iterable[Plan]) -> list[Watch]:
    """One for each check, even if it was planned for two phases."""
    once = {(plan.name, plan.kind, plan.where, plan.variable): plan for plan in plans}
    return [Watch(plan) for plan in once.values()]
