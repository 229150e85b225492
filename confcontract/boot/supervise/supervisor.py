"""The parent of the application: forwards signals, reaps, restarts when asked, passes the exit code on.

One loop on the main thread; it sleeps until a signal, a request or a deadline.
"""

from __future__ import annotations

import signal
import time
from queue import Empty, SimpleQueue

from confcontract.boot.launch import hardening
from confcontract.boot.supervise.application import Application
from confcontract.boot.supervise.blocked_signals import ASK_TO_END, Signals
from confcontract.boot.supervise.demand import Demand
from confcontract.boot.supervise.foreground import Terminal
from confcontract.host.processes import processes
from confcontract.report.errors import ConfcontractError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

STARTING, RUNNING, RESTARTING, STOPPING, ENDED = "starting", "running", "restarting", "stopping", "ended"
CLEAR_SECONDS = 5.0  # between TERM and KILL for what an application leaves behind in its process group
_LOOK_SECONDS = 0.05  # between two looks at a process group that is to end: not all that ends there is our child
_TO_END = ASK_TO_END | {signal.SIGHUP}  # before there is an application


class Supervisor:
    """Runs one application.

    path, argv: its command. grace_seconds: between TERM and KILL. Called on the main thread are state, with each new
    state (see above); refused, with a signal that the application could not be sent; failed, with the reason why it
    could not be started again, and the seconds until the next attempt.
    """

    def __init__(
        self,
        path: str,
        argv: Sequence[str],
        *,
        grace_seconds: float,
        state: Callable[[str], None],
        refused: Callable[[int], None],
        failed: Callable[[ConfcontractError, float], None],
    ) -> None:
        self._path = path
        self._argv = argv
        self._grace_seconds = grace_seconds
        self._tell = state
        self._refused = refused
        self._failed = failed
        self._state = STARTING
        self._requests: SimpleQueue[Demand] = SimpleQueue()
        self._restart: Demand | None = None
        self._asked_to_end = 0  # the signal
        self._kept: list[int] = []  # signals that came between two runs
        self._kill_at: float | None = None
        self._give_up_at: float | None = None
        self._start_at = 0.0
        self._clearing = False
        self._cleared = False

    def restart(self, environ: Mapping[str, str], take_back: Callable[[], None]) -> bool:
        """Stop the application and start it with another environment. From another thread.

        Returns whether it runs with it: not if somebody ended it meanwhile, or it ended by itself. take_back: see
        `Demand`. Raises Undone if it could not be started so, and runs as it did before.
        """
        return self._ask(Demand(environ, take_back))

    def signal(self, number: int) -> bool:
        """Send the application a signal. From another thread. Returns whether it was running."""
        return self._ask(Demand(number=number))

    def take_signals(self) -> None:
        """From now on every signal that can be forwarded is, with the start of the application at the earliest.

        On the main thread, before anything is made that is to be cleared away.
        """
        self._signals = Signals()
        processes.started = self._signals.wake

    def run(self, environ: Mapping[str, str]) -> int:
        """Start the application and stay until it has ended. Returns its exit code, 128+n after signal n.

        On the main thread, after `take_signals`. Raises ConfcontractError if it can't be started.
        """
        hardening.adopt_orphans()
        early = self._signals.wait(0)
        if asked := next((number for number in early if number in _TO_END), 0):
            self._become(ENDED)
            return 128 + asked
        self._terminal = Terminal()
        self._start(environ)
        self._kept = early
        while True:
            self._forward_kept()
            for number in self._signals.wait(self._patience()):
                self._forward(number)
            for pid, status in processes.reap():
                if pid == self._application.pid:
                    self._application.note(status)
            self._hear()
            self._press()
            if self._application.status is not None and (code := self._between(self._application.status)) is not None:
                return code

    def _between(self, status: int) -> int | None:
        """When a run has ended. The exit code, if that was the last one and there is nothing left of it."""
        if self._restart is None:
            self._become(ENDED)
        if not self._is_clear():
            return None
        if self._restart is None or self._asked_to_end:
            self._end()
            return (
                128 + self._asked_to_end if self._restart else status
            )  # it ended between two runs, for reasons of ours
        if time.monotonic() >= self._start_at:
            self._start_again(self._restart)
        return None

    def _start_again(self, request: Demand) -> None:
        """With the new environment, and if that can't be with the one before."""
        assert request.environ is not None
        try:
            self._start(self._environ if request.has_failed else request.environ)
        except ConfcontractError as error:
            pause = request.fail(error)
            if pause is None:
                self._end()
                raise
            self._start_at = time.monotonic() + pause
            self._failed(error, pause)
        else:
            self._restart = None
            request.answer(True)

    def _start(self, environ: Mapping[str, str]) -> None:
        self._application = Application(self._path, self._argv, environ, signals=self._signals, terminal=self._terminal)
        self._environ = environ
        self._kill_at, self._give_up_at, self._clearing, self._cleared = None, None, False, False
        self._become(RUNNING)

    def _patience(self) -> float | None:
        """Seconds until something is due."""
        if self._clearing and not self._cleared:
            return _LOOK_SECONDS
        due = self._start_at if self._cleared else self._kill_at
        return None if due is None else due - time.monotonic()

    def _hear(self) -> None:
        while True:
            try:
                request = self._requests.get_nowait()
            except Empty:
                return
            self._take(request)

    def _forward_kept(self) -> None:
        if self._kept and self._application.status is None:
            numbers, self._kept = self._kept, []
            for number in numbers:
                self._forward(number)

    def _forward(self, number: int) -> None:
        if self._restart is not None and number in ASK_TO_END:
            self._send(number)
            self._asked_to_end = number
            self._become(STOPPING)
        elif self._restart is not None and self._application.status is not None:
            self._kept.append(number)
        else:
            self._send(number)
            if number == signal.SIGTERM and self._state != ENDED:
                self._become(STOPPING)
                if self._kill_at is None:
                    self._kill_at = time.monotonic() + self._grace_seconds

    def _send(self, number: int) -> bool:
        """Whether the application was sent a signal, or needs none any more."""
        sent = self._application.signal(number)
        if not sent:
            self._refused(number)
        return sent

    def _take(self, request: Demand) -> None:
        if self._state != RUNNING or self._application.has_ended():  # what ended by itself is not started again
            request.answer(False)
        elif request.environ is None:
            request.answer(self._send(request.number))
        elif not self._send(signal.SIGTERM):
            request.answer(False)
        else:
            self._restart = request
            self._start_at = 0.0
            self._become(RESTARTING)
            self._kill_at = time.monotonic() + self._grace_seconds

    def _press(self) -> None:
        """TERM was not enough."""
        if self._kill_at is not None and time.monotonic() >= self._kill_at and not self._cleared:
            self._application.signal_group(signal.SIGKILL)
            self._send(signal.SIGKILL)  # it may have joined another group
            self._kill_at = None
            self._give_up_at = time.monotonic() + CLEAR_SECONDS

    def _is_clear(self) -> bool:
        """Whether nothing of the application's process group is left. The rest is asked to end, and then made to."""
        if self._cleared:
            return True  # and its number may be another group's by now
        if not self._clearing:
            self._clearing = True
            self._kill_at, self._give_up_at = time.monotonic() + min(CLEAR_SECONDS, self._grace_seconds), None
            self._cleared = not self._application.signal_group(signal.SIGTERM)
        elif self._give_up_at is not None and time.monotonic() >= self._give_up_at:
            self._cleared = True  # zombies of somebody who does not reap count as members for ever
        else:
            self._cleared = not self._application.signal_group(0)
        return self._cleared

    def _end(self) -> None:
        self._become(ENDED)
        if self._restart is not None:
            self._restart.answer(False)
        while not self._requests.empty():
            self._requests.get().answer(False)

    def _become(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self._tell(state)

    def _ask(self, request: Demand) -> bool:
        if self._state == ENDED:
            return False
        self._requests.put(request)
        self._signals.wake()
        while not request.wait(1.0):
            if self._state == ENDED:  # it ended before it heard of us
                break
        return request.done
