"""Work that may never end, tried in a copy of this process first.

A backtracking regular expression runs in C and blocks the whole process, including its signal handlers and other
threads. So if a deadline is set, a forked copy does the work first, because a copy can be killed. After the copy has
ended, the work is repeated here, where it takes as long again.
"""

from __future__ import annotations

import os
import signal
import time

from confcontract.host.processes import processes
from confcontract.host.sourcefile import OutOfTime, time_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

_AT_LEAST = 0.2  # seconds, even if the time is up: usually a thousandth of that is enough


def in_time(work: Callable[[], T], seconds: float | None = None) -> T:
    """The result or exception of `work`. Raises OutOfTime if it takes longer than half of the remaining time.

    seconds: the remaining time. The default is the time until the moment that `give_up_at` set; without such a moment
    there is no trial.
    """
    left = time_left() if seconds is None else seconds
    if left is not None and not _ends(work, max(left / 2, _AT_LEAST)):
        raise OutOfTime
    return work()


def _ends(work: Callable[[], object], seconds: float) -> bool:
    itself = os.getpid()
    try:
        process = processes.fork(lambda: _try(work, seconds, itself))
    except OSError:
        return True  # no further process is allowed: do it here at once, as far as it goes
    until = time.monotonic() + seconds
    while not processes.has_ended(process):
        if time.monotonic() > until:
            processes.kill(process)
            return False
        processes.wait(process, until - time.monotonic())
    return True


def _try(work: Callable[[], object], seconds: float, parent: int) -> None:
    """In the copy, which must not outlive its deadline or its parent."""
    from confcontract.host.prctl import die_with_parent

    die_with_parent(parent)
    _bound_cpu(int(seconds) + 2)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    work()


def _bound_cpu(seconds: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
