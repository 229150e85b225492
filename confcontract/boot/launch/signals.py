"""The signals of boot: a termination signal ends it at once. The application gets the original dispositions."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable
    from types import FrameType
    from typing import TypeVar

    T = TypeVar("T")
else:
    import _signal  # the C part of `signal`, whose Python part costs 3.5 ms because of its enums

OUR_IGNORED = (_signal.SIGPIPE, _signal.SIGXFSZ)  # Python ignores both from its start

NOTICED_AFTER = 0.1  # seconds that a signal can be delayed if it arrives between Python's last check and a wait


# Handled: every signal that ends a process without a handler. Not handled: those that can't be caught, those that are
# ignored or stop a process by default, those that report a crash (the host may have a core policy), and the two that
# Python itself ignores.
_LEFT_ALONE = frozenset(
    getattr(_signal, name, 0)
    for name in (
        "SIGKILL", "SIGSTOP", "SIGCHLD", "SIGCONT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGWINCH", "SIGINFO",
        "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGTRAP", "SIGSYS", "SIGEMT",
        "SIGPIPE", "SIGXFSZ",
    )
)  # fmt: skip

_taken: set[int] = set()
_phase = "starting"


def phase(name: str) -> None:
    """Set what boot is doing now, for the line that it writes if a signal ends it. Never a value."""
    global _phase
    _phase = name


def take_signals() -> None:
    """From now on a termination signal ends this process at once with 128+n, even as PID 1.

    The kernel drops such signals for a PID 1 without handlers, so `docker stop` would wait ten seconds, with any
    STOPSIGNAL. Signals that the parent ignores (nohup) stay ignored. Python runs handlers on the main thread only: see
    `run_interruptibly`.
    """
    for number in _signal.valid_signals() - _LEFT_ALONE:
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, _end)
            _taken.add(number)


def _end(number: int, _frame: FrameType | None) -> None:
    try:
        import select

        # Write the line only if that can't block: there may be no reader.
        writable = select.poll()
        writable.register(2, select.POLLOUT)
        if any(event == select.POLLOUT for _, event in writable.poll(0)):
            os.write(2, f"confcontract: ended by {_signal_name(number)} while {_phase}\n".encode())
    finally:
        os._exit(128 + number)  # flushes nothing, because a buffer may contain half a line


def _signal_name(number: int) -> str:
    if number >= getattr(_signal, "SIGRTMIN", 1 << 30):
        return f"SIGRTMIN+{number - _signal.SIGRTMIN}"
    for name, value in vars(_signal).items():
        if value == number and name.startswith("SIG") and not name.startswith("SIG_"):
            return name
    return f"signal {number}"


def run_interruptibly(work: Callable[[], T]) -> T:
    """Do network work on its own thread; return or raise its result.

    Meanwhile the main thread waits on a lock, where a signal reaches it at once, unlike in getaddrinfo. It wakes up
    regularly: a signal that arrives just before the wait would otherwise be delayed until the work is done.
    """
    from confcontract.host.threads import start_quiet

    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # any exception is raised in the caller
            failed.append(error)

    # With signals blocked: the thread, or one that a library has started on it, may still exist when a supervisor waits
    # for a SIGCHLD.
    thread = start_quiet("network", run)
    while thread.is_alive():
        thread.join(NOTICED_AFTER)
    if failed:
        raise failed.pop()
    return done.pop()


def give_back() -> None:
    """Restore the original signals. A termination signal from before this moment still takes effect."""
    found = _signal.pthread_sigmask(_signal.SIG_BLOCK, _taken)
    for number in _signal.sigpending():
        if number in _taken and number not in found:
            _end(number, None)
    for number in (*_taken, *OUR_IGNORED):
        _signal.signal(number, _signal.SIG_DFL)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, found)
