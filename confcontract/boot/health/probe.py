"""`confcontract probe live|ready|startup`: 0 or 1 and one line, for orchestrators that run a command.

Under a supervisor, the probe asks the supervisor, which answers from its latest results. Otherwise boot has become the
application and has stored the checks that need no secret; the probe runs them.
"""

from __future__ import annotations

import os
import time

from confcontract.boot import rundir
from confcontract.boot.health import left_for_probes
from confcontract.boot.health.statuses import DEGRADED, DOWN, UP, line, read_line
from confcontract.report import streams
from confcontract.report.terminal import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TypeAlias

    from confcontract.boot.checks.plan import Plan

    Answer: TypeAlias = tuple[str, str]  # UP, DEGRADED or DOWN; why, in words without secrets

PROBES = {"live": "live", "ready": "ready", "startup": "started"}  # and their names in the supervisor
USAGE = "probe live|ready|startup [--timeout SECONDS]"
TIMEOUT = 5.0  # seconds that the supervisor has to answer, unless --timeout is given


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Probe. Always returns 0 or 1."""
    try:
        probe, timeout = _parse(arguments)
    except _Usage as error:
        _say(f"probe: {printable(str(error))}")
        return 1
    try:
        status, words = _answer(probe, timeout, environ)
    except Exception as error:
        status, words = DOWN, f"could not be determined ({type(error).__name__})"
    _say(line(probe, status, words))
    return 1 if status == DOWN else 0


class _Usage(Exception):
    pass


def _parse(arguments: Sequence[str]) -> tuple[str, float | None]:
    probes: list[str] = []
    timeout = None
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if name == "--timeout":
            timeout = _seconds(value if equals else rest.pop(0) if rest else "")
        elif word in PROBES:
            probes.append(word)
        else:
            raise _Usage(f"{word!r} is not known; usage: {USAGE}")
    if len(probes) != 1:
        raise _Usage(f"usage: {USAGE}")
    return probes[0], timeout


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise _Usage(f"--timeout {text!r} is not a number of seconds")
    return seconds


def _say(text: str) -> None:
    try:  # noqa: SIM105 - contextlib is dear
        streams.Output(1).put(f"{text}\n".encode(), time.monotonic() + streams.PATIENCE)
    except OSError:
        pass  # the exit code says it


def _answer(probe: str, timeout: float | None, environ: Mapping[str, str]) -> Answer:
    gone = None
    for directory in rundir.find(environ):
        answer = _ask(directory, PROBES[probe], timeout or TIMEOUT)
        if answer is not None:
            return answer
        left = left_for_probes.read(directory)
        if left is not None and left_for_probes.is_alive(left):
            return _check(left, probe, timeout)
        gone = gone or left
    if gone is not None:
        return DOWN, f"the application, process {gone['pid']}, is gone"
    if any(os.path.lexists(os.path.join(directory, rundir.SOCKET)) for directory in rundir.find(environ)):
        return DOWN, "the supervisor is no longer running: it was killed"
    named = environ.get(rundir.VARIABLE)
    unsaid = bool(named) and not os.path.lexists(named or "")  # it may be a misplaced credential
    places = f"the directory of {rundir.VARIABLE}" if unsaid else " or ".join(rundir.candidates(environ))
    why = f"boot has written nothing for probes in {places}"
    return DOWN, f"{why}; declare checks for ready or live, set {rundir.VARIABLE}, or boot with --supervise"


def _ask(directory: str, probe: str, timeout: float) -> Answer | None:
    """The supervisor's answer; None if there is no supervisor."""
    from _socket import AF_UNIX, SOCK_STREAM, socket  # the C half: the module around it costs 5 ms

    until = time.monotonic() + timeout
    connection = socket(AF_UNIX, SOCK_STREAM)
    try:
        with rundir.short_path(os.path.join(directory, rundir.SOCKET)) as path:
            _connect(connection, path, until)
        connection.send(f"GET /health/{probe}?details HTTP/1.0\r\nAccept: text/plain\r\n\r\n".encode())
        received = b""
        while len(received) < 65536:
            connection.settimeout(max(until - time.monotonic(), 0.001))
            part = connection.recv(65536)
            if not part:
                break
            received += part
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except OSError:
        return DOWN, f"the supervisor did not answer within {timeout:g} s"
    finally:
        connection.close()
    return _understood(received)


def _connect(connection: Any, path: str, until: float) -> None:
    while True:
        connection.settimeout(max(until - time.monotonic(), 0.001))
        try:
            return connection.connect(path)  # type: ignore[no-any-return]
        except BlockingIOError:  # many probes at once have filled its queue
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _understood(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    status, reason = read_line(body.decode("utf-8", "replace").strip())
    if head.split()[1:2] != [b"200"]:
        return DOWN, reason or "the supervisor did not say why"
    return status or UP, reason


def _check(left: Mapping[str, Any], probe: str, timeout: float | None) -> Answer:
    """The verdict from the application's process and the checks that need no secret. startup: boot has already checked
    everything.
    """
    checks = [check for check in left["checks"] if probe in check["phases"]] if probe != "startup" else []
    if not checks:
        return UP, ""
    from confcontract.boot.checks.plan import from_portable

    plans = [from_portable(check) for check in checks]
    failed = _failed(plans, timeout)
    down = [plan for plan in plans if plan in failed and probe in plan.critical]
    words = "; ".join(f"{plan.name}: {failed[plan]}" for plan in down or plans if plan in failed)
    return DOWN if down else DEGRADED if failed else UP, words


def _failed(plans: Sequence[Plan], timeout: float | None) -> dict[Plan, str]:
    """Run them in parallel, once each. Returns what failed, and why. timeout: seconds for all of them."""
    from _queue import Empty, SimpleQueue
    from threading import Thread

    from confcontract.host.threads import start

    results: SimpleQueue[tuple[Plan, str | None]] = SimpleQueue()
    now = time.monotonic()
    waiting = {plan: now + min(plan.timeout, timeout or plan.timeout) for plan in plans}
    for plan, until in waiting.items():
        start(Thread(target=_attempt, args=(plan, until, results), daemon=True))
    end = max(waiting.values()) + 0.1  # a check that ends in time reports it itself
    failed: dict[Plan, str] = {}
    while waiting:
        try:
            plan, reason = results.get(timeout=max(end - time.monotonic(), 0))
        except Empty:
            return failed | dict.fromkeys(waiting, "did not return in time")
        del waiting[plan]
        if reason is not None:
            failed[plan] = reason
    return failed


def _attempt(plan: Plan, until: float, results: Any) -> None:
    from confcontract.boot.checks.attempt import NotYet

    try:
        plan.attempt(until)
    except NotYet as not_yet:
        results.put((plan, str(not_yet)))
    except BaseException as error:  # its text may contain anything
        results.put((plan, f"the check itself failed ({type(error).__name__})"))
    else:
        results.put((plan, None))
