"""The clock of a rotation."""

from __future__ import annotations


def boot_clock() -> float:
    """Seconds since the machine was started, including sleep; the monotonic clock on systems without such a clock."""
    import time

    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(clock) if clock is not None else time.monotonic()
