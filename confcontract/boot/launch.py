"""From boot to the application: signals, what we hide while we hold secrets, and exec.

The application must find its process as if it had been started directly: same signal dispositions and mask,
same descriptors, same limits, and an environment of which every byte is known.
"""

from __future__ import annotations

import os
import sys

from confcontract.boot.command import exec_refused, find_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable, Mapping, Sequence
    from types import FrameType
    from typing import NoReturn, TypeVar

    T = TypeVar("T")
else:
    import _signal  # the C half of `signal`, which costs 3.5 ms for the sake of its enums

__all__ = [
    "OUR_IGNORED",
    "adopt_orphans",
    "core_dumps_as_found",
    "find_command",
    "hand_off",
    "harden",
    "phase",
    "run_interruptibly",
    "take_signals",
]

OUR_IGNORED = (_signal.SIGPIPE, _signal.SIGXFSZ)  # Python ignores both from its first moment

NOTICED_AFTER = 0.1  # seconds that a signal may lie unseen, where it came between Python's last look and a wait

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36

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
_core_limit: tuple[int, int] | None = None


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

        # A line only if it can't block: nobody may be reading at the other end.
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
    from confcontract.boot.threads import start_quiet

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


def harden() -> None:
    """No core dump, and no ptrace or /proc/PID/environ by the same user. Call it before the first secret arrives.

    Costs about 1 ms. `hand_off` gives the application the core limit that we found; the kernel makes a process
    dumpable again on exec.
    """
    global _core_limit
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if _core_limit is None:
        _core_limit = (soft, hard)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    _prctl(_PR_SET_DUMPABLE, 0)  # without it, the limit still holds


def adopt_orphans() -> None:
    """From now on orphans among our descendants become our children, as they do for PID 1. Linux only."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


class core_dumps_as_found:  # noqa: N801 - used as `with core_dumps_as_found():`; contextlib is dear
    """While it lasts, a process that is started gets the core limit that we found. We stay undumpable."""

    def __enter__(self) -> None:
        _set_core_limit(_core_limit)

    def __exit__(self, *_: object) -> None:
        if _core_limit is not None:
            _set_core_limit((0, _core_limit[1]))


def die_with_parent() -> None:
    """The kernel kills this process when the thread that forked it ends. Linux only."""
    _prctl(_PR_SET_PDEATHSIG, 9)


def _set_core_limit(limit: tuple[int, int] | None) -> None:
    if limit is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, limit)


def _prctl(option: int, value: int) -> None:
    try:
        _call_prctl(option, value)
    except (ImportError, OSError, AttributeError):
        return  # not Linux, or a static interpreter


def _call_prctl(option: int, value: int) -> None:
    """By the C half of ctypes: the package around it costs another 2.5 ms."""
    import _ctypes

    class Int(_ctypes._SimpleCData):  # type: ignore[type-arg]
        _type_ = "i"

    class Function(_ctypes.CFuncPtr):
        _flags_ = _ctypes.FUNCFLAG_CDECL
        _restype_ = Int

    itself = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]
    Function(_ctypes.dlsym(itself, "prctl"))(option, value, 0, 0, 0)


def hand_off(path: str, argv: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Become the application. `environ` is handed over exactly as it is.

    Raises CommandNotFound, CommandNotExecutable or ConfigurationInvalid if the kernel refuses; this process is then
    as careful as before. SIGPIPE and SIGXFSZ go back to their defaults: Python ignores both from its first moment,
    so whether the parent ignored them can't be known.
    """
    phase("handing off")
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105
            stream.flush()
        except (OSError, ValueError):
            pass  # nobody reads, the disk is full, or it is closed: no reason not to start the application
    _give_back()
    try:
        if "confcontract.boot.oddenviron" in sys.modules:  # loaded where there is anything odd to hand on
            from confcontract.boot import oddenviron

            if odd := oddenviron.entries_of(environ):
                oddenviron.execute(path, argv, odd)
        os.execve(path, list(argv), environ)
    except (OSError, ValueError) as error:
        take_signals()
        if _core_limit is not None:
            harden()
        raise exec_refused(error, path, argv, environ) from None


def _give_back() -> None:
    """Signals and limits as we found them. A signal that asked to end before this moment is still obeyed."""
    found = _signal.pthread_sigmask(_signal.SIG_BLOCK, _taken)
    for number in _signal.sigpending():
        if number in _taken and number not in found:
            _end(number, None)
    for number in (*_taken, *OUR_IGNORED):
        _signal.signal(number, _signal.SIG_DFL)
    _set_core_limit(_core_limit)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, found)
