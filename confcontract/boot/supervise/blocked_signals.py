"""The signals of the application: blocked in this process, so that the kernel keeps them until the loop reads them.

A blocked signal can neither be lost nor end this process, because nothing unblocks it again. The kernel keeps real-time
signals one by one (as many as RLIMIT_SIGPENDING allows) and each of the others once, as it would for any process that
is busy.
"""

from __future__ import annotations

import fcntl
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

TAKEN = frozenset(map(int, signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}))
FORWARDED = TAKEN - {signal.SIGCHLD}
ASK_TO_END = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGQUIT})
STOP = frozenset({signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU})  # by default, and can be caught

# A fault of this process must end it. Python ignores the last two, which a write of this process may cause.
_UNHANDLED = frozenset({
    signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGSYS,
    signal.SIGPIPE, signal.SIGXFSZ,
})  # fmt: skip
_MOST = 100_000  # signals that are read at once, so that a sender without pauses can't block everything else
_LONGEST_WAIT = 5.0  # seconds, in case a library has started a thread that blocks nothing, and it took one


class Signals:
    """Receives signals from its creation, on the main thread. Threads that are started later inherit the mask.

    A thread that starts a process unblocks some signals for a moment, because the process inherits its mask. The
    interpreter writes signals that arrive in such a moment to a pipe, one by one; if the pipe is full, each signal
    number is still recorded once.
    """

    __slots__ = ("_came", "_found", "_main", "_reading", "_room")

    def __init__(self) -> None:
        self._main = threading.get_ident()
        self._came: set[int] = set()
        self._found = signal.pthread_sigmask(signal.SIG_BLOCK, TAKEN)
        self._reading, writing = os.pipe()
        for descriptor in (self._reading, writing):
            os.set_blocking(descriptor, False)
        self._room = fcntl.fcntl(writing, fcntl.F_GETPIPE_SZ)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        for number in FORWARDED - _UNHANDLED:
            if signal.getsignal(number) != signal.SIG_IGN:  # the application ignores what the parent ignores
                signal.signal(number, self._note)
        signal.signal(signal.SIGCHLD, self._note)  # if it were ignored, no one could wait for a child

    def wait(self, seconds: float | None) -> list[int]:
        """The signals since the last call; waits for one. seconds: the longest wait; None for no limit.

        Termination signals come last, so that others that arrived together are not lost. The list may be empty: a child
        has ended, or `wake` was called.
        """
        numbers = self._noted()
        patience = 0.0 if numbers else _LONGEST_WAIT if seconds is None else min(max(seconds, 0), _LONGEST_WAIT)
        while len(numbers) < _MOST and (taken := signal.sigtimedwait(TAKEN, patience)) is not None:
            patience = 0.0
            if not (taken.si_signo in _UNHANDLED and taken.si_pid == os.getpid()):  # EPIPE or EFBIG of our own
                numbers.append(taken.si_signo)
        numbers += self._noted()
        return sorted((number for number in numbers if number in FORWARDED), key=ASK_TO_END.__contains__)

    def wake(self) -> None:
        """Let `wait` return. From any thread."""
        signal.pthread_kill(self._main, signal.SIGCHLD)

    @contextmanager
    def as_found(self) -> Iterator[None]:
        """Within this context, a process that is started on the main thread gets the original mask."""
        signal.pthread_sigmask(signal.SIG_SETMASK, self._found)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, TAKEN)

    def _noted(self) -> list[int]:
        numbers = bytearray()
        while True:
            try:
                numbers += os.read(self._reading, self._room)
            except BlockingIOError:
                break
        came, self._came = self._came, set()
        return [*numbers, *(came.difference(numbers) if len(numbers) >= self._room else ())]

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._came.add(number)
