"""Leases of seconds can't be kept on a machine that stands still for longer than they last."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from types import TracebackType

# Seconds. When a lease of two is renewed, two thirds of one are left, for a chain of four processes that all have to
# wait for a processor: many times what one thread sees here.
A_STALL = 0.05
LONGER = (1, 2, 5, 12)


class Stalls:
    """Watches how long this machine has stood still at most, as a thread sees it that only wants to look at a clock."""

    def __init__(self) -> None:
        self.longest = 0.0  # seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        before = time.monotonic()
        while not self._over.wait(0.01):
            now = time.monotonic()
            self.longest = max(self.longest, now - before)
            before = now

    def __enter__(self) -> Stalls:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()


def is_full() -> bool:
    """Whether more processes wanted a processor in the last minute than there are. A thread that mostly sleeps hardly
    notices; a chain of processes that have to start takes several times as long.
    """
    return os.getloadavg()[0] > (os.cpu_count() or 1)


def where_nothing_stalls(test: Callable[[int], None]) -> None:
    """Run a test that lives on short leases; once more where it failed and the machine was too full for them.

    The test is told how many times as long its leases are to be. On a machine with room a failure is a failure.
    """
    for times in LONGER:
        with Stalls() as stalls:
            try:
                test(times)
            except AssertionError:
                if times == LONGER[-1] or (stalls.longest < A_STALL and not is_full()):
                    raise
            else:
                return
