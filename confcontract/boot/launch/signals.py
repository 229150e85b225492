"""The signals of boot: what asks to end ends it at once, until the application gets them as they were found."""

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
    import _signal  # the C half of `signal`, which costs 3.5 ms for the sake of its enums

OUR_IGNORED = (_signal.SIGPIPE, _signal.SIGXFSZ)  # Python ignores both from its first moment

NOTICED_AFTER = 0.1  # seconds that a signal may lie unseen, where it came between Python's last look and a wait


# Taken is every signal that ends a process unless it has a handler. Left alone are those that can't be caught, those
# that are ignored or stop a process by default, those that report a crash (there a core policy of the host may
# matter), and the two that Python itself ignores.
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
    """Say what boot is doing now, for the line that it leaves behind when a signal ends it. Never a value."""
    global _phase
    _phase = name


def take_signals() -> None:
    """From now on a signal that asks to end ends this process at once with 128+n, also when it is PID 1.

    The kernel drops such signals for a PID 1 without handlers, which would cost `docker stop` its ten seconds, for
    whatever STOPSIGNAL the image names. What the parent ignores (nohup) stays ignored.
    Python runs handlers on the main thread only: see `run_interruptibly`.
    """
    for number in _signal.valid_signals() - _LEFT_ALONE:
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, _end)
            _taken.add(number)


def _end(number: int, _frame: FrameType | None) -> None:
    try:
        import select

        # A line only if it can't block: no one may be reading at the other end.
        writable = select.poll()
        writable.register(2, select.POLLOUT)
        if any(event == select.POLLOUT for _, event in writable.poll(0)):
            os.write(2, f"confcontract: ended by {_signal_name(number)} while {_phase}\n".encode())
    finally:
        os._exit(128 + number)  # flushes nothing: a buffer may hold half of something


def _signal_name(number: int) -> str:
    if number >= getattr(_signal, "SIGRTMIN", 1 << 30):
        return f"SIGRTMIN+{number - _signal.SIGRTMIN}"
    for name, value in vars(_signal).items():
        if value == number and name.startswith("SIG") and not name.startswith("SIG_"):
            return name
    return f"signal {number}"


def run_interruptibly(work: Callable[[], T]) -> T:
    """Do network work on a thread of its own; return or raise what it does.

    The main thread waits on a lock meanwhile, where a signal reaches it at once; in getaddrinfo it would not. It looks
    up now and then: a signal that comes on the way into the wait would otherwise lie there until the work is done.
    """
    from confcontract.host.threads import start_quiet

    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # carried over to the caller, whatever it is
            failed.append(error)

    # Quiet: it, or a thread that a library has started on it, may still be there when a supervisor waits for a SIGCHLD.
    thread = start_quiet("network", run)
    while thread.is_alive():
        thread.join(NOTICED_AFTER)
    if failed:
        raise failed.pop()
    return done.pop()


def give_back() -> None:
    """Signals as we found them. One that asked to end before this moment is still obeyed."""
    found = _signal.pthread_sigmask(_signal.SIG_BLOCK, _taken)
    for number in _signal.sigpending():
        if number in _taken and number not in found:
            _end(number, None)
    for number in (*_taken, *OUR_IGNORED):
        _signal.signal(number, _signal.SIG_DFL)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, found)
