"""Run checks in parallel until each is ready or out of time."""

from __future__ import annotations

import time

from confcontract.boot.checks.attempt import (
    AUTHORITIES,
    EXPIRED,
    HOST_NAME,
    LATE,
    MISMATCH,
    UNTRUSTED,
    LoginRefused,
    Never,
    NotYet,
)
from confcontract.boot.checks.plan import Plan, plan
from confcontract.boot.checks.progress import (
    DEGRADED,
    FAILED,
    READY,
    SKIPPED,
    WAITING,
    CheckChange,
    Progress,
    seconds_words,
)
from confcontract.boot.checks.settings import Settings, Skipped
from confcontract.checks.defaults import ASKED_IN
from confcontract.report.problem import ERROR, WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from queue import SimpleQueue
    from threading import Event
    from typing import Any, TypeAlias

    # the plan; "ready", "failed" (an attempt) or "over" (for good); what was found, in words, or why not
    Report: TypeAlias = tuple[Plan, str, str | NotYet]

SIDE_BY_SIDE = 64
LONGEST_PAUSE = 8.0  # seconds between two refused logins, so that boot does not lock the account
_HUNG = "the attempt did not return"


def run_checks(
    checks: Sequence[Mapping[str, Any]],
    environ: Mapping[str, str],
    values: Mapping[str, Any],
    deadline_seconds: float | None,
    progress: Progress | None,
    *,
    variables: Sequence[Mapping[str, Any]] = (),
    hidden: Sequence[str] = (),
) -> list[Problem]:
    """The checks of phase "startup" that are not ready, in the order of the contract, as soon as all results are known.

    A critical one is an error. One that only degrades is a warning: boot does not wait longer for it than for the
    others, except for one attempt.

    environ: what the application gets. values: the resolved settings. variables: the contract's. hidden: names of
    `environ` that are secret besides. deadline_seconds: for all checks together, in addition to each check's own; None
    for no common deadline. progress: called at each change, in this thread.

    Each check has a thread, 64 at a time. If an attempt never returns (a name server that hangs), the check fails at
    its deadline and stays on a daemon thread, which does not delay the exit. Signals can interrupt the wait.
    """
    progress = progress or Progress()
    problems: dict[int, Problem] = {}
    plans: dict[Plan, int] = {}
    settings = Settings(environ, values, variables, hidden)
    for position, check in enumerate(checks):
        if "startup" not in check.get("phases", ASKED_IN):
            continue
        try:
            planned = plan(check, settings)
        except Skipped as unset:
            progress.change(CheckChange(check["name"], SKIPPED, variable=str(unset)))
            continue
        if isinstance(planned, Problem):
            problems[position] = planned
        else:
            plans[planned] = position
    if plans:
        end = None if deadline_seconds is None else time.monotonic() + deadline_seconds
        try:
            for failed, problem in _Wait(list(plans), end, progress).problems().items():
                problems[plans[failed]] = problem
        finally:
            progress.done()
    return [problems[position] for position in sorted(problems)]


class _Wait:
    """The waiting side: it starts the threads, receives their results, and gives up on those that don't report."""

    def __init__(self, waiting: list[Plan], end: float | None, progress: Progress) -> None:
        from queue import SimpleQueue
        from threading import Event

        self._end = end
        self._progress = progress
        self._reports: SimpleQueue[Report] = SimpleQueue()
        self._stop = Event()
        self._running: dict[Plan, tuple[float, float]] = {}  # when it began, when it must end
        self._reasons: dict[Plan, NotYet] = {}
        self._problems: dict[Plan, Problem] = {}
        self._waiting = waiting[::-1]
        progress.begin([one.name for one in waiting])

    def problems(self) -> dict[Plan, Problem]:
        from queue import Empty

        try:
            while self._waiting or self._running:
                self._start()
                if self._let_go():
                    continue
                try:
                    report = self._reports.get(timeout=self._patience())
                except Empty:
                    self._progress.redraw()
                    self._give_up_on_the_hung()
                else:
                    self._hear(*report)
        finally:
            self._stop.set()
        return self._problems

    def _start(self) -> None:
        from threading import Thread

        from confcontract.host.threads import start

        while self._waiting and len(self._running) < SIDE_BY_SIDE:
            started = self._waiting.pop()
            now = time.monotonic()
            until = now + started.deadline if self._end is None else min(now + started.deadline, self._end)
            self._running[started] = (now, until)
            arguments = (started, until, self._reports, self._stop)
            start(Thread(target=_keep_trying, args=arguments, name=f"check {started.name}", daemon=True))

    def _let_go(self) -> bool:
        """Whether only checks that degrade are left, and they have had their attempt."""
        if any("startup" in one.critical for one in (*self._waiting, *self._running)):
            return False
        tried = [one for one in self._running if one in self._reasons]
        for one in tried:
            self._fail(one, self._reasons[one])
        return bool(tried)

    def _patience(self) -> float:
        # a thread that gives up in time reports it itself, hence slightly more than the deadline
        patience = max(min(until for _, until in self._running.values()) - time.monotonic(), 0) + 0.1
        return patience if self._progress.tick is None else min(patience, self._progress.tick)

    def _give_up_on_the_hung(self) -> None:
        late = time.monotonic() - 0.1
        for hung in [one for one, (_, until) in self._running.items() if until <= late]:
            self._fail(hung, self._reasons.get(hung, NotYet(_HUNG)))

    def _hear(self, checked: Plan, state: str, said: str | NotYet) -> None:
        if checked not in self._running:
            return  # given up already
        if not isinstance(said, NotYet):
            began, _ = self._running.pop(checked)
            self._say(checked, READY, said, began)
        elif state == "over":
            self._fail(checked, said)
        else:
            if str(self._reasons.get(checked)) != str(said):
                self._say(checked, WAITING, str(said), self._running[checked][0])
            self._reasons[checked] = said

    def _fail(self, failed: Plan, reason: NotYet) -> None:
        began, _ = self._running.pop(failed)
        critical = "startup" in failed.critical
        self._say(failed, FAILED if critical else DEGRADED, str(reason), began)
        message = f"{failed.name}: {failed.where} {failed.verb} after {_since(began)}: {reason}"
        self._problems[failed] = Problem(
            "check-impossible" if isinstance(reason, Never) else "check-failed",
            message,
            variable=failed.variable,
            hint=reason.hint if isinstance(reason, Never) else _hint(failed, reason),
            severity=ERROR if critical else WARNING,
        )

    def _say(self, checked: Plan, state: str, reason: str, began: float) -> None:
        seconds = time.monotonic() - began
        where, variable = checked.where, checked.variable
        self._progress.change(
            CheckChange(checked.name, state, where=where, variable=variable, reason=reason, seconds=seconds)
        )


def _keep_trying(planned: Plan, until: float, reports: SimpleQueue[Report], stop: Event) -> None:
    """On its own thread: attempt after attempt, one at a time, until ready, out of time, or stopped."""
    reason = NotYet("no time was left for another attempt")
    tried = False
    pause = planned.interval
    while not stop.is_set() and (now := time.monotonic()) < until:
        whole = now + planned.timeout <= until
        try:
            found = planned.attempt(min(now + planned.timeout, until))
        except Never as never:
            reports.put((planned, "over", never))
            return
        except NotYet as not_yet:
            pause = min(max(pause, 0.1) * 2, LONGEST_PAUSE) if isinstance(not_yet, LoginRefused) else planned.interval
            # the deadline may cut the last attempt short; the attempt before it then has the better reason
            if whole or not tried or LATE not in not_yet.causes:
                reason = not_yet.with_traceback(None)
        except BaseException as error:  # also what would end the thread silently: SystemExit, CancelledError
            # the text of an unexpected error may hold the address with its password
            reason = NotYet(f"the check itself failed ({type(error).__name__})")
        else:
            reports.put((planned, "ready", found or ""))
            return
        tried = True
        reports.put((planned, "failed", reason))
        stop.wait(min(pause, max(until - time.monotonic(), 0)))
    reports.put((planned, "over", reason))


def _since(began: float) -> str:
    return seconds_words(time.monotonic() - began)


def _hint(planned: Plan, reason: NotYet) -> str:
    source = f"in {planned.variable}" if planned.variable else "of the check"
    if HOST_NAME in reason.causes:
        return f"check the host name {source}, and the network that this container is in"
    if AUTHORITIES in reason.causes:
        return "set SSL_CERT_FILE to a certificate file that this user can read, or unset it"
    if MISMATCH in reason.causes:
        return f"correct the host name {source}, or issue a certificate for it"
    if EXPIRED in reason.causes:
        return "renew the server's certificate"
    if UNTRUSTED in reason.causes:
        return "set SSL_CERT_FILE to a file with the authority that signed the server's certificate"
    if planned.kind == "tcp":
        return f"start it, or correct the address {source}; check the network between this container and it"
    return f"look at {planned.where}, or correct the target {source}"
