"""The threads of a rotation, and the clock that they go by."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable
    from threading import Thread
else:
    import _signal


def quiet_thread(work: Callable[[], None], name: str) -> Thread:
    """A thread that no signal ever reaches: they belong to the main thread, which acts on them."""
    from threading import Thread

    mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
    try:
        thread = Thread(target=work, name=name, daemon=True)
        thread.start()
    finally:
        _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)
    return thread


def boot_clock() -> float:
    """Seconds since the machine was started, its sleep included; the monotonic clock where there is no such thing."""
    import time

    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(clock) if clock is not None else time.monotonic()
