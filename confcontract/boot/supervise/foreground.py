"""The controlling terminal: an application in its own process group must be in the foreground to use it."""

from __future__ import annotations

import os
import signal

from confcontract.boot.supervise.blocked_signals import STOP


class Terminal:
    """Gives the terminal to the application and takes it back, if standard input is our controlling terminal.

    A background job may come to the foreground later, and a stopped one may continue in the background, so the owner of
    the terminal is determined each time.
    """

    __slots__ = ("_given",)

    def __init__(self) -> None:
        self._given = False

    def give(self, group: int) -> None:
        """Give it to a process group that continues in the foreground, if we are in the foreground."""
        self._given = self._is_ours_to_give() and _set_foreground(group)
        if self._given:
            _continue(group)  # it may have read input before, and have been stopped for that

    def take_back(self) -> None:
        if self._given:
            self._given = False
            _set_foreground(os.getpgrp())

    def stopped(self, group: int, number: int) -> bool:
        """Ctrl-Z stopped the application, or it needs the terminal that another job has: stop as well, so that the
        shell returns, and continue together. False if there is no terminal.
        """
        if number not in STOP or _foreground() is None:
            return False
        came_to_the_foreground = number != signal.SIGTSTP and self._is_ours_to_give()
        if not came_to_the_foreground and os.getsid(0) != os.getpid():  # without a shell no one could continue us
            self.take_back()
            os.kill(os.getpid(), signal.SIGSTOP)
        if self._is_ours_to_give():
            self.give(group)
        else:
            _continue(group)
        return True

    def _is_ours_to_give(self) -> bool:
        return _foreground() == os.getpgrp()


def _foreground() -> int | None:
    """The process group that has the terminal; None if standard input is not our controlling terminal."""
    try:
        return os.tcgetpgrp(0) if os.isatty(0) else None
    except OSError:
        return None


def _set_foreground(group: int) -> bool:
    """Because TTOU is blocked here, a background process can do that without being stopped."""
    try:
        os.tcsetpgrp(0, group)
    except OSError:
        return False  # the group has ended, or the terminal was closed
    return True


def _continue(group: int) -> None:
    try:  # noqa: SIM105
        os.killpg(group, signal.SIGCONT)
    except OSError:
        pass  # it has already ended; waiting for it reports that
