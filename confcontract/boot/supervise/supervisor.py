"""The parent of the application: forwards signals, reaps, restarts on request, and passes on the exit code.

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
CLEAR_SECONDS = 5.0  # between TERM and KILL for processes that an application leaves in its process group
_LOOK_SECONDS = 0.05  # between two checks of a process group that has to end: not every process in it is our child
_TO_END = ASK_TO_END | {signal.SIGHUP}  # before the application exists


class Supervisor:
    """Runs one application.

    path, argv: its command. grace_seconds: between TERM and KILL. These are called on the main thread: state, with each
    new state (see above); refused, with a signal that could not be sent to the application; failed, with the reason why
    it could not be restarted, and the seconds until the next attempt.
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
        """Stop the application and start it with another environment. Called from another thread.

        Returns whether it runs with it: not if it was ended, or ended on its own, in the meantime. take_back: see
        `Demand`. Raises Undone if it could not be started with it, and runs as before.
        """
        return self._ask(Demand(environ, take_back))

    def signal(self, number: int) -> bool:
        """Send the application a signal. Called from another thread. Returns whether it was running."""
        return self._ask(Demand(number=number))

    def take_signals(self) -> None:
        """From now on forward every signal that can be forwarded, at the earliest when the application starts.

        Called on the main thread, before anything is created that has to be cleaned up.
        """
        self._signals = Signals()
        processes.started = self._signals.wake

    def run(self, environ: Mapping[str, str]) -> int:
        """Start the application and stay until it has ended. Returns its exit code, 128+n after signal n.

        Called on the main thread, after `take_signals`. Raises ConfcontractError if it can't be started.
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
        """Called when a run has ended. Returns the exit code, if it was the last run and no process is left."""
        if self._restart is None:
            self._become(ENDED)
        if not self._is_clear():
            return None
        if self._restart is None or self._asked_to_end:
            self._end()
            return (
                128 + self._asked_to_end if self._restart else status
            )  # it ended between two runs, because we stopped it
        if time.monotonic() >= self._start_at:
            self._start_again(self._restart)
        return None

    def _start_again(self, request: Demand) -> None:
        """Start it with the new environment or, if that fails, with the previous one."""
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
        """Seconds until the next deadline."""
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
        """Whether the signal was sent to the application, or is no longer needed."""
        sent = self._application.signal(number)
        if not sent:
            self._refused(number)
        return sent

    def _take(self, request: Demand) -> None:
        # an application that ended on its own is not restarted
        if self._state != RUNNING or self._application.has_ended():
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
        """Escalate to KILL, because TERM was not enough."""
        if self._kill_at is not None and time.monotonic() >= self._kill_at and not self._cleared:
            self._application.signal_group(signal.SIGKILL)
            self._send(signal.SIGKILL)  # it may have moved to another group
            self._kill_at = None
            self._give_up_at = time.monotonic() + CLEAR_SECONDS

    def _is_clear(self) -> bool:
        """Whether the application's process group is empty. Remaining processes get TERM, and then KILL."""
        if self._cleared:
            return True  # and its id may belong to another group by now
        if not self._clearing:
            self._clearing = True
            self._kill_at, self._give_up_at = time.monotonic() + min(CLEAR_SECONDS, self._grace_seconds), None
            self._cleared = not self._application.signal_group(signal.SIGTERM)
        elif self._give_up_at is not None and time.monotonic() >= self._give_up_at:
            self._cleared = True  # zombies that their parent does not reap stay members forever
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
            if self._state == ENDED:  # it ended before it got our signal
                break
        return request.done
