"""The application as a child: started as `hand_off` would have started it, in a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess

from confcontract.boot.launch import hardening
from confcontract.boot.launch.exec_refusal import exec_refused
from confcontract.boot.supervise.blocked_signals import STOP
from confcontract.boot.supervise.lookahead import refuse_folder
from confcontract.host.folder import at, left
from confcontract.host.oddenviron import as_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from confcontract.boot.supervise.blocked_signals import Signals
    from confcontract.boot.supervise.foreground import Terminal


class Application:
    """One run of the application, from start to the end of its process group.

    pid: of its process, and number of its group. status: exit code (128+n after signal n), None while it runs.
    """

    __slots__ = ("_process", "_stop_asked", "_stopped", "_terminal", "pid", "status")

    def __init__(
        self, path: str, argv: Sequence[str], environ: Mapping[str, str], *, signals: Signals, terminal: Terminal
    ) -> None:
        """Start it, on the main thread. Raises ConfcontractError if the kernel refuses."""
        self.status: int | None = None
        self._terminal = terminal
        self._stop_asked = 0  # the signal that was passed on last, of those that stop a process
        self._stopped = False  # all of us, without a terminal
        try:
            # Not posix_spawn: in glibc's the child ignores two signals of the C library's own ever after. The child
            # inherits the limit on core dumps; this process stays undumpable.
            with hardening.core_dumps_as_found(), signals.as_found():
                self._process = subprocess.Popen(
                    argv, executable=path, cwd=left(), env=as_given(environ), process_group=0, close_fds=False
                )
        except (OSError, ValueError) as error:
            refuse_folder()
            raise exec_refused(error, at(path), argv, environ) from None
        self.pid = self._process.pid
        terminal.give(self.pid)

    def note(self, status: int) -> None:
        """What waiting for the process gave."""
        if os.WIFSTOPPED(status):
            number = os.WSTOPSIG(status)
            if not self._terminal.stopped(self.pid, number) and number == self._stop_asked:
                self._stop_with_it(number)
            return
        code = os.waitstatus_to_exitcode(status)
        self._process.returncode = code  # or its finalizer would wait for it again
        self.status = code if code >= 0 else 128 - code
        self._terminal.take_back()

    def has_ended(self) -> bool:
        """Whether it has, also where no one has waited for it yet."""
        try:
            return self.status is not None or bool(os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT))
        except ChildProcessError:
            return True

    def signal(self, number: int) -> bool:
        """Send a signal to the process, if it is still there. False if it is another user's, and we may not."""
        if self.status is None:
            if number in STOP:
                self._stop_asked = number
            elif number == signal.SIGCONT and self._stopped:
                self._stopped = False
                return self.signal_group(number)
            try:
                os.kill(self.pid, number)  # it is our child, and not reaped: the number can't be anybody else's
            except PermissionError:
                return False
        return True

    def signal_group(self, number: int) -> bool:
        """Send a signal to what is left of its process group. False if there is no one left."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        except PermissionError:
            return self.status is None  # only others' processes are left: nothing that we could end
        return True

    def _stop_with_it(self, number: int) -> None:
        """It stopped because we were sent a TSTP, say. A terminal would have sent that to its whole process group, and
        whoever waits for us sees a stopped job, as of a program without a supervisor. The CONT that continues us is
        passed on. As PID 1 we can't be stopped, and go on by ourselves.
        """
        self._stop_asked = 0
        self._stopped = True
        self.signal_group(number)
        os.kill(os.getpid(), signal.SIGSTOP)
