"""Work that may never end, tried in a copy of this process first.

A regular expression that backtracks runs in C and lets nothing else of this process run, no signal handler and no other
thread. So where a deadline is set, such work is done by a forked copy first, which can be killed; when that has ended,
it is done here, where it takes as long again.
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

_AT_LEAST = 0.2  # seconds, also when the time is up: as a rule a thousandth of that is enough


def in_time(work: Callable[[], T], seconds: float | None = None) -> T:
    """What `work` returns or raises. Raises OutOfTime if it takes longer than half of the time that is left.

    seconds: that are left; else those until the moment that `give_up_at` named, and no trial if there is none.
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
        return True  # no process more is allowed: then it is done here at once, as far as it goes
    until = time.monotonic() + seconds
    while not processes.has_ended(process):
        if time.monotonic() > until:
            processes.kill(process)
            return False
        processes.wait(process, until - time.monotonic())
    return True


def _try(work: Callable[[], object], seconds: float, parent: int) -> None:
    """In the copy, which must not outlive its time, nor its parent."""
    from confcontract.host.prctl import die_with_parent

    die_with_parent(parent)
    _bound_cpu(int(seconds) + 2)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    work()


def _bound_cpu(seconds: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
