"""Threads that leave signals to the main thread, and whose start always returns, even if memory is short."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable
    from threading import Thread
    from typing import Any
else:
    import _signal

_FIRST_MOMENT = 1 << 20  # bytes that a thread may need before it signals that it runs; 28 kB were measured
_USUAL_STACK = 8 << 20  # bytes, if stacks are unlimited


def start_quiet(name: str, work: Callable[..., None], *arguments: Any) -> Thread:
    """Do `work(*arguments)` on a daemon thread that receives no signals.

    Raises RuntimeError if no thread can be started, and MemoryError if there is no space for one. Threads inherit the
    signal mask of their starter, and so do processes: a process that such a thread starts must be given an empty mask.
    """
    from threading import Thread

    thread = Thread(target=work, args=arguments, name=name, daemon=True)
    mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
    try:
        start(thread)
    finally:
        _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)
    return thread


def start(thread: Thread) -> None:
    """Start a thread. Raises RuntimeError if the system refuses, and MemoryError if there is no space for one.

    `Thread.start` waits until the thread signals that it runs. A thread that gets no memory at its beginning ends
    without that signal, and the wait would never end (python/cpython#140746). So more memory must be free than the
    thread needs.
    """
    import mmap
    import resource

    stack = resource.getrlimit(resource.RLIMIT_STACK)[0]
    try:
        mmap.mmap(-1, _FIRST_MOMENT + (_USUAL_STACK if stack == resource.RLIM_INFINITY else stack)).close()
    except (OSError, OverflowError):
        raise MemoryError("no thread can be started") from None
    thread.start()
