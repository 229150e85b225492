"""The controlling terminal: an application in a process group of its own must be in the foreground to use it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator


class Terminal:
    """Gives the terminal to the application and takes it back, if standard input is one and it is ours to give."""

    __slots__ = ("_ours",)

    def __init__(self) -> None:
        self._ours = _in_foreground()
        if self._ours:
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # or taking it back would stop us

    @contextlib.contextmanager
    def signals_as_found(self) -> Iterator[None]:
        """While it lasts, a process that is started does not inherit that we ignore a signal."""
        if self._ours:
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        try:
            yield
        finally:
            if self._ours:
                signal.signal(signal.SIGTTOU, signal.SIG_IGN)

    def give(self, group: int) -> None:
        if self._ours and _set_foreground(group):
            _continue(group)  # it may have asked for input before, and have been stopped for it

    def take_back(self) -> None:
        if self._ours:
            _set_foreground(os.getpgrp())

    def stopped(self, group: int, number: int) -> None:
        """Ctrl-Z stopped the application: stop as well, so that the shell comes back, and go on together."""
        if not self._ours or number not in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
            return
        if os.getsid(0) != os.getpid():  # with no shell above us nobody could continue us
            self.take_back()
            os.kill(os.getpid(), signal.SIGSTOP)
        _set_foreground(group)
        _continue(group)


def _in_foreground() -> bool:
    try:
        return os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False  # a terminal, but not our controlling one


def _set_foreground(group: int) -> bool:
    try:
        os.tcsetpgrp(0, group)
    except OSError:
        return False  # the group has ended, or the terminal was closed
    return True


def _continue(group: int) -> None:
    try:  # noqa: SIM105
        os.killpg(group, signal.SIGCONT)
    except OSError:
        pass  # it has ended already; waiting for it tells
