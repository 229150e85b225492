"""Threads that leave signals to the main thread, and whose start comes to an end also where memory is short."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable
    from threading import Thread
    from typing import Any
else:
    import _signal

_FIRST_MOMENT = 1 << 20  # bytes that a thread may need until it has said that it runs; measured were 28 kB
_USUAL_STACK = 8 << 20  # bytes, where the limit on stacks is none


def start_quiet(name: str, work: Callable[..., None], *arguments: Any) -> Thread:
    """Do `work(*arguments)` on a daemon thread to which no signal is delivered.

    Raises RuntimeError if no thread can be started, and MemoryError if there is no space for one. Threads inherit the
    mask of whoever starts them; so do processes, hence a process that such a thread starts must be given an empty one.
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

    `Thread.start` waits until the thread says that it runs. A thread that finds no memory in its first moment ends
    without a word, and the wait would never end (python/cpython#140746). So there has to be more than it needs.
    """
    import mmap
    import resource

    stack = resource.getrlimit(resource.RLIMIT_STACK)[0]
    try:
        mmap.mmap(-1, _FIRST_MOMENT + (_USUAL_STACK if stack == resource.RLIM_INFINITY else stack)).close()
    except (OSError, OverflowError):
        raise MemoryError("no thread can be started") from None
    thread.start()
