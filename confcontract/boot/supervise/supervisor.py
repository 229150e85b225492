"""The parent of the application: forwards signals, reaps, restarts when asked, passes the exit code on.

One loop on the main thread, where Python runs signal handlers; it sleeps until a signal, a request or a deadline.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from queue import Empty, SimpleQueue
from threading import Event

from confcontract.boot import launch
from confcontract.boot.processes import processes
from confcontract.boot.supervise.application import Application
from confcontract.boot.supervise.terminal import Terminal
from confcontract.errors import ConfcontractError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

STARTING, RUNNING, RESTARTING, STOPPING, ENDED = "starting", "running", "restarting", "stopping", "ended"
CLEAR_SECONDS = 5.0  # between TERM and KILL for what an application leaves behind in its process group
_LOOK_SECONDS = 0.05  # between two looks at a process group that is to end: not all that ends there is our child
_REQUEST = 0
_TO_END = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)  # before there is an application

# A fault of ours must end us; the rest either can't be caught or is ours (a child's end, job control).
_NOT_FORWARDED = frozenset(
    getattr(signal, name)
    for name in ("SIGKILL", "SIGSTOP", "SIGCHLD", "SIGPIPE", "SIGXFSZ",
                 "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS")
)  # fmt: skip


class _Request:
    """From another thread: a new environment, or a signal. done: whether the application runs with it."""

    __slots__ = ("answered", "done", "environ", "number")

    def __init__(self, environ: Mapping[str, str] | None, number: int) -> None:
        self.environ = environ
        self.number = number
        self.answered = Event()
        self.done = False

    def answer(self, done: bool) -> None:
        self.done = done
        self.answered.set()


class Supervisor:
    """Runs one application.

    path, argv: its command. grace_seconds: between TERM and KILL. Called on the main thread are state, with each new
    state (see above), and refused, with a signal that the application could not be sent.
    """

    def __init__(
        self,
        path: str,
        argv: Sequence[str],
        *,
        grace_seconds: float,
        state: Callable[[str], None],
        refused: Callable[[int], None],
    ) -> None:
        self._path = path
        self._argv = argv
        self._grace_seconds = grace_seconds
        self._tell = state
        self._refused = refused
        self._state = STARTING
        self._requests: SimpleQueue[_Request] = SimpleQueue()
        self._restart: _Request | None = None
        self._asked_to_end = 0  # the signal
        self._kill_at: float | None = None
        self._give_up_at: float | None = None
        self._clearing = False
        self._ours, self._theirs = socket.socketpair()

    def restart(self, environ: Mapping[str, str]) -> bool:
        """Stop the application and start it with another environment. From another thread.

        Returns whether it runs with it: not if somebody ended it meanwhile, or it ended by itself.
        """
        return self._ask(_Request(environ, 0))

    def signal(self, number: int) -> bool:
        """Send the application a signal. From another thread. Returns whether it was running."""
        return self._ask(_Request(None, number))

    def run(self, environ: Mapping[str, str]) -> int:
        """Start the application and stay until it has ended. Returns its exit code, 128+n after signal n.

        On the main thread, after `take_signals`. Raises ConfcontractError if it can't be started.
        """
        launch.adopt_orphans()
        early = self._signals()
        if asked := next((number for number in early if number in _TO_END), 0):
            self._become(ENDED)
            return 128 + asked
        mask, terminal = self._mask, Terminal()
        self._environ = environ
        self._application = self._start(mask, terminal)
        for number in early:
            self._forward(number)
        poll = select.poll()
        poll.register(self._ours, select.POLLIN)
        while True:
            poll.poll(self._patience())
            self._hear()
            for pid, status in processes.reap():
                if pid == self._application.pid:
                    self._application.note(status)
            self._press()
            if self._application.status is None:
                continue
            if self._restart is None:
                self._become(ENDED)
            if not self._is_clear():
                continue
            code = self._application.status
            request, self._restart = self._restart, None
            if request is not None and self._asked_to_end:
                code = 128 + self._asked_to_end  # it ended between two runs, for reasons of ours
            if request is None or self._asked_to_end or request.environ is None:
                self._end(request)
                return code
            self._environ = request.environ
            try:
                self._application = self._start(mask, terminal)
            except ConfcontractError:
                self._end(request)
                raise
            request.answer(True)

    def _start(self, mask: set[int], terminal: Terminal) -> Application:
        application = Application(self._path, self._argv, self._environ, mask=mask, terminal=terminal)
        self._kill_at, self._clearing = None, False
        self._become(RUNNING)
        return application

    def take_signals(self) -> None:
        """From now on every signal that can be forwarded is, with the start of the application at the earliest.

        On the main thread, before anything is made that is to be cleared away.
        """
        self._ours.setblocking(False)
        self._theirs.setblocking(False)
        signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        for number in signal.valid_signals() - _NOT_FORWARDED:
            if signal.getsignal(number) != signal.SIG_IGN:  # what the parent ignores, the application ignores
                signal.signal(number, _wake)
        signal.signal(signal.SIGCHLD, _wake)
        # what was blocked, the application finds blocked
        self._mask = {int(number) for number in signal.pthread_sigmask(signal.SIG_SETMASK, ())}

    def _patience(self) -> float | None:
        """Milliseconds until something is due."""
        if self._clearing:
            return _LOOK_SECONDS * 1000
        return None if self._kill_at is None else max(self._kill_at - time.monotonic(), 0) * 1000 + 1

    def _signals(self) -> list[int]:
        """Those that came since it was asked last."""
        numbers = bytearray()
        while True:
            try:
                numbers += self._ours.recv(4096)
            except BlockingIOError:
                return [number for number in numbers if number not in (_REQUEST, signal.SIGCHLD)]

    def _hear(self) -> None:
        for number in self._signals():
            self._forward(number)
        while True:
            try:
                request = self._requests.get_nowait()
            except Empty:
                return
            self._take(request)

    def _forward(self, number: int) -> None:
        self._send(number)
        if number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT) and self._restart is not None:
            self._asked_to_end = number
            self._become(STOPPING)
        elif number == signal.SIGTERM and self._state != ENDED:
            self._become(STOPPING)
            if self._kill_at is None:
                self._kill_at = time.monotonic() + self._grace_seconds

    def _send(self, number: int) -> bool:
        """Whether the application was sent a signal, or needs none any more."""
        sent = self._application.signal(number)
        if not sent:
            self._refused(number)
        return sent

    def _take(self, request: _Request) -> None:
        if self._state != RUNNING or self._application.status is not None:
            request.answer(False)
        elif request.environ is None:
            request.answer(self._send(request.number))
        elif not self._send(signal.SIGTERM):
            request.answer(False)
        else:
            self._restart = request
            self._become(RESTARTING)
            self._kill_at = time.monotonic() + self._grace_seconds

    def _press(self) -> None:
        """TERM was not enough."""
        if self._kill_at is not None and time.monotonic() >= self._kill_at:
            self._application.signal_group(signal.SIGKILL)
            self._send(signal.SIGKILL)  # it may have joined another group
            self._kill_at = None
            self._give_up_at = time.monotonic() + CLEAR_SECONDS

    def _is_clear(self) -> bool:
        """Whether nothing of the application's process group is left. The rest is asked to end, and then made to."""
        if not self._clearing:
            self._clearing = True
            self._kill_at, self._give_up_at = time.monotonic() + min(CLEAR_SECONDS, self._grace_seconds), None
            return not self._application.signal_group(signal.SIGTERM)
        if self._give_up_at is not None and time.monotonic() >= self._give_up_at:
            return True  # zombies of somebody who does not reap count as members for ever
        return not self._application.signal_group(0)

    def _end(self, request: _Request | None) -> None:
        self._become(ENDED)
        if request is not None:
            request.answer(False)
        while not self._requests.empty():
            self._requests.get().answer(False)

    def _become(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self._tell(state)

    def _ask(self, request: _Request) -> bool:
        if self._state == ENDED:
            return False
        self._requests.put(request)
        os.write(self._theirs.fileno(), bytes([_REQUEST]))
        while not request.answered.wait(1.0):
            if self._state == ENDED:  # it ended before it heard of us
                return request.done
        return request.done


def _wake(_number: int, _frame: object) -> None:
    """The number has been written to the wake-up descriptor; the loop does the rest."""
