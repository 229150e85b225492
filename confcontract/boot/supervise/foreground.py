"""The controlling terminal: an application in a process group of its own must be in the foreground to use it."""

from __future__ import annotations

import os
import signal

from confcontract.boot.supervise.blocked_signals import STOP


class Terminal:
    """Gives the terminal to the application and takes it back, while standard input is one and it is ours to give.

    A job that was started in the background comes to the foreground later, and one that was stopped may go on in the
    background: so who has the terminal is asked each time.
    """

    __slots__ = ("_given",)

    def __init__(self) -> None:
        self._given = False

    def give(self, group: int) -> None:
        """To a process group that goes on in the foreground, if we are there."""
        self._given = self._is_ours_to_give() and _set_foreground(group)
        if self._given:
            _continue(group)  # it may have asked for input before, and have been stopped for it

    def take_back(self) -> None:
        if self._given:
            self._given = False
            _set_foreground(os.getpgrp())

    def stopped(self, group: int, number: int) -> bool:
        """Ctrl-Z stopped the application, or it wants the terminal that another job has: stop as well, so that the
        shell comes back, and go on together. False if there is no terminal.
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
    """The process group that has the terminal; None if standard input is none, or not our controlling one."""
    try:
        return os.tcgetpgrp(0) if os.isatty(0) else None
    except OSError:
        return None


def _set_foreground(group: int) -> bool:
    """As long as TTOU is blocked, as it is here, whoever is in the background may do that without being stopped."""
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
