"""The clock that a rotation goes by."""

from __future__ import annotations


def boot_clock() -> float:
    """Seconds since the machine was started, its sleep included; the monotonic clock where there is no such thing."""
    import time

    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(clock) if clock is not None else time.monotonic()
