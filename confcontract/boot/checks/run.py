"""Run checks side by side until each is ready or out of time."""

from __future__ import annotations

import time

from confcontract.boot.checks.attempt import TIMED_OUT, NotYet
from confcontract.boot.checks.plan import Plan, Settings, Skipped, plan
from confcontract.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from queue import SimpleQueue
    from threading import Event
    from typing import Any, TypeAlias

    # the plan; "ready", "failed" (an attempt) or "over" (the deadline); the reason
    Report: TypeAlias = tuple[Plan, str, str]

SIDE_BY_SIDE = 64
_HUNG = "the attempt did not come back"


def run_checks(
    checks: Sequence[Mapping[str, Any]],
    environ: Mapping[str, str],
    values: Mapping[str, Any],
    deadline_seconds: float | None,
    progress: Callable[[str], None] | None,
    *,
    variables: Sequence[Mapping[str, Any]] = (),
) -> list[Problem]:
    """What is not ready, in the order of the contract; returns as soon as all is known.

    environ: what the application gets. values: the resolved settings. variables: the contract's.
    deadline_seconds: for all checks together, on top of each one's own; None for no more than these.
    progress: called in this thread with one line for each thing that changed.

    Each check has a thread, 64 at a time. One whose attempt never comes back (a name server that hangs)
    fails at its deadline and is left to a daemon thread, which does not hold up the exit. The wait
    can be interrupted by signals.
    """
    say = progress or _silent
    problems: dict[int, Problem] = {}
    plans: dict[Plan, int] = {}
    settings = Settings(environ, values, variables)
    for position, check in enumerate(checks):
        try:
            planned = plan(check, settings)
        except Skipped as unset:
            say(f"{check['name']}: skipped, {unset} is not set")
            continue
        if isinstance(planned, Problem):
            problems[position] = planned
        else:
            plans[planned] = position
    if plans:
        end = None if deadline_seconds is None else time.monotonic() + deadline_seconds
        for failed, problem in _run(list(plans), end, say).items():
            problems[plans[failed]] = problem
    return [problems[position] for position in sorted(problems)]


def _silent(line: str) -> None:
    pass


def _run(waiting: list[Plan], end: float | None, say: Callable[[str], None]) -> dict[Plan, Problem]:
    from queue import Empty, SimpleQueue
    from threading import Event, Thread

    reports: SimpleQueue[Report] = SimpleQueue()
    stop = Event()
    running: dict[Plan, tuple[float, float]] = {}  # when it began, when it must end
    reasons: dict[Plan, str] = {}
    problems: dict[Plan, Problem] = {}
    waiting.reverse()
    try:
        while waiting or running:
            while waiting and len(running) < SIDE_BY_SIDE:
                started = waiting.pop()
                now = time.monotonic()
                until = now + started.deadline if end is None else min(now + started.deadline, end)
                running[started] = (now, until)
                arguments = (started, until, reports, stop)
                Thread(target=_keep_trying, args=arguments, name=f"check {started.name}", daemon=True).start()
            patience = min(until for _, until in running.values()) - time.monotonic()
            try:
                # a thread that gives up in time says so itself, hence a moment more than the deadline
                checked, state, reason = reports.get(timeout=max(patience, 0) + 0.1)
            except Empty:
                now = time.monotonic()
                for hung in [one for one, (_, until) in running.items() if until <= now]:
                    problems[hung] = _problem(hung, running.pop(hung)[0], reasons.get(hung, _HUNG))
                continue
            if checked not in running:
                continue  # given up already
            if state == "failed":
                if reasons.get(checked) != reason:
                    say(f"{checked.name}: waiting for {checked.where}: {reason}")
                reasons[checked] = reason
                continue
            began, _ = running.pop(checked)
            if state == "ready":
                say(f"{checked.name}: {checked.where} is ready after {_seconds(began)}")
            else:
                problems[checked] = _problem(checked, began, reason)
    finally:
        stop.set()
    return problems


def _keep_trying(planned: Plan, until: float, reports: SimpleQueue[Report], stop: Event) -> None:
    """In a thread of its own: attempt after attempt, one at a time, until ready, out of time, or stopped."""
    reason = "no time was left for an attempt"
    tried = False
    while not stop.is_set() and (now := time.monotonic()) < until:
        whole = now + planned.timeout <= until
        try:
            planned.attempt(min(now + planned.timeout, until))
        except NotYet as not_yet:
            # the last attempt may be cut short by the deadline, which says less than the one before
            if whole or not tried or str(not_yet) != TIMED_OUT:
                reason = str(not_yet)
        except Exception as error:
            # the text of an unexpected error may hold the address with its password
            reason = f"the check itself failed ({type(error).__name__})"
        else:
            reports.put((planned, "ready", ""))
            return
        tried = True
        reports.put((planned, "failed", reason))
        stop.wait(min(planned.interval, max(until - time.monotonic(), 0)))
    reports.put((planned, "over", reason))


def _problem(planned: Plan, began: float, reason: str) -> Problem:
    message = f"{planned.name}: {planned.where} {planned.verb} after {_seconds(began)}: {reason}"
    return Problem("check-failed", message, variable=planned.variable, hint=_hint(planned, reason))


def _seconds(began: float) -> str:
    elapsed = time.monotonic() - began
    return f"{elapsed:.0f} s" if elapsed >= 10 else f"{elapsed:.1f} s"


def _hint(planned: Plan, reason: str) -> str:
    source = f"in {planned.variable}" if planned.variable else "of the check"
    if "host name" in reason:
        return f"check the host name {source}, and the network that this container is in"
    if "certificate" in reason:
        return "let SSL_CERT_FILE name the authority that signed the server's certificate"
    if planned.verb == "not reachable":
        return f"start it, or correct the address {source}; is there a network between the two?"
    return f"look at {planned.where}, or correct the target {source}"
