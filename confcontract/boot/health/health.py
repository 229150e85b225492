"""Evaluates the checks of the contract in the background, each on its own schedule, and keeps what it found.

A probe only reads results: a hundred of them cost no evaluation. Failures and recoveries take effect at once; the
orchestrator decides how many in a row matter (failureThreshold).
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from confcontract.boot.checks.attempt import NotYet
from confcontract.boot.health.snapshot import LIVE, READY, HealthEntry, Snapshot, judge, judge_started
from confcontract.boot.health.statuses import DEGRADED, DOWN, UNKNOWN, UP
from confcontract.boot.health.watch import PROBED, Watch, watches
from confcontract.host.threads import start_quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    from confcontract.boot.checks.plan import Plan
    from confcontract.boot.health.metrics import Metrics
    from confcontract.boot.health.snapshot import Datum

    Said: TypeAlias = Callable[[dict[str, object]], None]

APPLICATION = "application"
SIDE_BY_SIDE = 32  # not counting hung checks, which keep their own thread until they return


class Health:
    """The known state of the application and its dependencies.

    plans: the checks of the phases ready and live; one that is in both may occur twice. said: gets a record for each
    change, on the thread that found it. metrics: counts the evaluations. Safe to use from any thread. Nothing is ready
    before the caller has noted that the application runs: `note("application", "UP")`.
    """

    def __init__(self, plans: Iterable[Plan], *, said: Said | None = None, metrics: Metrics | None = None) -> None:
        self._said = said
        self._metrics = metrics
        self._changed = threading.Condition()
        self._untold: deque[dict[str, object]] = deque()
        self._telling = False
        self._watches = watches(plans)
        self._notes: dict[str, HealthEntry] = {}
        self._told: dict[tuple[str, str], str] = {}
        self._running = False
        self._stopped = False
        self._start = 0  # how many times the application was started again
        self._started = False
        self._put(APPLICATION, DOWN, "not started yet", None, True)
        self._look()
        self._announce()

    def start(self) -> None:
        """Begin to evaluate, everything at once. Without checks nothing happens in the background."""
        self._running = bool(self._watches)
        if self._running:
            start_quiet("health", self._run)

    def replan(self, plans: Iterable[Plan]) -> None:
        """Evaluate these from now on, because the application has new values. Earlier results count until then."""
        with self._changed:
            before = {watch.plan.name: watch for watch in self._watches}
            self._watches = [watch.after(before.pop(watch.plan.name, None)) for watch in watches(plans)]
            self._forget(before.values())
            self._look()
            self._announce()
            self._changed.notify_all()
        if not self._running and not self._stopped:
            self.start()

    def stop(self) -> None:
        """Stop evaluating. Attempts that are running end on their own."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def note(
        self, name: str, status: str, words: str = "", data: Mapping[str, Datum] | None = None, *, live: bool = True
    ) -> None:
        """Set the status of something that no check evaluates: "application", "secrets".

        status: "UP", "DEGRADED" or "DOWN"; it counts for ready. live: False if DOWN is also a reason to kill the
        application. words, data: why, without secrets; they are shown. Raises ValueError for another status.
        """
        with self._changed:
            self._put(name, status, words, data, live)
            self._look()
        self._tell()

    def restarted(self) -> None:
        """The application was restarted: "started" begins again, and everything is evaluated at once."""
        with self._changed:
            self._start += 1
            self._started = False
            for watch in self._watches:
                watch.due = 0.0
            self._look()
            self._changed.notify_all()
        self._tell()

    def snapshot(self) -> Snapshot:
        """The current verdicts. A result older than three periods and a timeout counts as a failure."""
        if time.monotonic() >= self._fresh_until:
            with self._changed:
                self._look()
        return self._snapshot

    # -- the schedule -------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._stopped:
                    return
                hung, due = self._give_up(), self._begin()
                if not hung and not due:
                    self._changed.wait(self._patience())
            if hung:
                self._tell()
            for watch in due:
                try:
                    start_quiet(f"check {watch.plan.name}", self._evaluate, watch)
                except (RuntimeError, MemoryError):
                    self._ended(watch, "broken", "no thread could be started")

    def _give_up(self) -> bool:
        """Whether any check did not return in time. It has failed, and keeps its thread."""
        now = time.monotonic()
        late = [watch for watch in self._watches if watch.is_running and watch.end <= now]
        for watch in late:
            watch.hung = True
            seconds = watch.plan.timeout
            watch.found(now, DOWN, f"did not return within {seconds:g} s", seconds)
            self._count(watch, "hung")
        if late:
            self._look()
        return bool(late)

    def _begin(self) -> list[Watch]:
        """Start the checks that are due, those first that have waited longest."""
        now = time.monotonic()
        room = SIDE_BY_SIDE - sum(watch.is_running for watch in self._watches)
        due = [watch for watch in self._watches if watch.began is None and watch.due <= now]
        due = sorted(due, key=lambda watch: watch.due)[:room]
        for watch in due:
            watch.begin(now, self._start)
        return due

    def _patience(self) -> float | None:
        """Seconds until there is something to do, unless an attempt ends before; None if nothing else can be."""
        moments = [watch.end for watch in self._watches if watch.is_running]
        if len(moments) < SIDE_BY_SIDE:
            moments += [watch.due for watch in self._watches if watch.began is None]
        return max(min(moments) - time.monotonic(), 0) if moments else None

    def _evaluate(self, watch: Watch) -> None:
        """One attempt, on its own thread."""
        try:
            observed: object = watch.plan.attempt(time.monotonic() + watch.plan.timeout)
        except NotYet as not_yet:
            self._ended(watch, "failed", str(not_yet))
        except BaseException as error:  # any exception; its text may contain the address with its password
            self._ended(watch, "broken", f"the check itself failed ({type(error).__name__})")
        else:
            self._ended(watch, "passed", observed if isinstance(observed, str) else "")

    def _ended(self, watch: Watch, result: str, words: str) -> None:
        now = time.monotonic()
        with self._changed:
            seconds = now - (watch.began or now)
            watch.began = None
            if not watch.hung and watch in self._watches:  # otherwise it has already failed, or is outdated
                watch.found(now, UP if result == "passed" else DOWN, words, seconds)
                if result == "passed":
                    watch.passed = watch.start
                self._count(watch, result)
                self._look()
            self._changed.notify_all()
        self._tell()

    # -- what is known: under the lock --------------------------------------------------------------

    def _put(self, name: str, status: str, words: str, data: Mapping[str, Datum] | None, live: bool) -> None:
        if status not in (UP, DEGRADED, DOWN):
            raise ValueError(f"{status!r} is not a status")
        phases = frozenset((READY,)) if live else PROBED
        self._notes[name] = HealthEntry(name, status, words, phases, phases, dict(data or {}))

    def _look(self) -> None:
        """Take a snapshot, and remember how long it is valid."""
        now = time.monotonic()
        entries = (*self._notes.values(), *(watch.entry(now) for watch in self._watches))
        waiting_for = () if self._started else self._waiting_for()
        self._started = not waiting_for
        self._snapshot = Snapshot(judge(LIVE, entries), judge(READY, entries), judge_started(waiting_for))
        self._fresh_until = min(
            (watch.fresh_until for watch in self._watches if watch.status != DOWN and watch.fresh_until > now),
            default=math.inf,
        )

    def _waiting_for(self) -> tuple[str, ...]:
        """The checks that have not passed since the application was started."""
        first = (APPLICATION,) if self._notes[APPLICATION].status == DOWN else ()
        missing = (watch for watch in self._watches if watch.needed_for_start and watch.passed != self._start)
        return first + tuple(watch.plan.name for watch in missing)

    # -- what is reported -------------------------------------------------------------------------------

    def _announce(self) -> None:
        """Create every possible sample, so that rates can be computed from the first scrape on."""
        if self._metrics is None:
            return
        for watch in self._watches:
            name = watch.plan.name
            for result in ("passed", "failed", "hung", "broken"):
                self._metrics.count("confcontract_checks_total", 0, check=name, result=result)
            for phase in sorted(watch.plan.phases & PROBED):
                is_up = _is_up(watch)
                self._metrics.set_function("confcontract_check_up", is_up, check=name, phase=phase)

    def _forget(self, gone: Iterable[Watch]) -> None:
        """A check of a variable that is no longer set is neither up nor down."""
        if self._metrics is None:
            return
        for watch in gone:
            self._metrics.forget("confcontract_check_duration_seconds", check=watch.plan.name)
            for phase in watch.plan.phases & PROBED:
                self._metrics.forget("confcontract_check_up", check=watch.plan.name, phase=phase)

    def _count(self, watch: Watch, result: str) -> None:
        if self._metrics is not None:
            self._metrics.count("confcontract_checks_total", check=watch.plan.name, result=result)
            self._metrics.set("confcontract_check_duration_seconds", watch.seconds, check=watch.plan.name)

    def _tell(self) -> None:
        """Report what has changed since the last report; without the lock, because the listener may be slow."""
        if self._said is None:
            return
        with self._changed:
            self._untold.extend(self._news())
            if self._telling:
                return  # the reporting thread handles these too: only one thread at a time keeps them in order
            self._telling = True
        while True:
            with self._changed:
                if not self._untold:
                    self._telling = False
                    return
                record = self._untold.popleft()
            self._said(record)

    def _news(self) -> list[dict[str, object]]:
        now = time.monotonic()
        states = [("check", entry.name, entry.status, entry.words) for entry in (w.entry(now) for w in self._watches)]
        states += [("health", verdict.probe, verdict.status, verdict.words) for verdict in self._snapshot]
        news: list[dict[str, object]] = []
        for event, name, status, words in states:
            before = self._told.get((event, name))
            self._told[event, name] = status
            # a check that passes from the start is not reported
            if status not in (before, UNKNOWN) and (status != UP or before in (DEGRADED, DOWN)):
                news.append({"event": event, "name": name, "status": status, "message": words or None})
        return news


def _is_up(watch: Watch) -> Callable[[], float | None]:
    def is_up() -> float | None:
        return None if watch.status == UNKNOWN else float(watch.is_up(time.monotonic()))

    return is_up
