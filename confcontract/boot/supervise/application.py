"""The application as a child: started as `hand_off` would start it, in its own process group."""

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
        self._stop_asked = 0  # the last forwarded signal that stops a process
        self._stopped = False  # the whole process group, without a terminal
        try:
            # Not posix_spawn: with glibc's, the child permanently ignores two internal signals of the C library. The
            # child inherits the limit on core dumps; this process stays undumpable.
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
        """Record the result of waiting for the process."""
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
        """Whether it has ended, even if no one has waited for it yet."""
        try:
            return self.status is not None or bool(os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT))
        except ChildProcessError:
            return True

    def signal(self, number: int) -> bool:
        """Send a signal to the process, if it still exists. False if it belongs to another user, and that is not
        allowed.
        """
        if self.status is None:
            if number in STOP:
                self._stop_asked = number
            elif number == signal.SIGCONT and self._stopped:
                self._stopped = False
                return self.signal_group(number)
            try:
                os.kill(self.pid, number)  # it is our child and not reaped, so its id can't belong to another process
            except PermissionError:
                return False
        return True

    def signal_group(self, number: int) -> bool:
        """Send a signal to the rest of its process group. False if it is empty."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        except PermissionError:
            return self.status is None  # only processes of other users are left, which we can't end
        return True

    def _stop_with_it(self, number: int) -> None:
        """It stopped, for example because this process received a TSTP. A terminal would have sent that to its whole
        process group. The shell that waits for this process sees a stopped job, as without a supervisor. The CONT that
        continues this process is forwarded. PID 1 can't be stopped, and continues.
        """
        self._stop_asked = 0
        self._stopped = True
        self.signal_group(number)
        os.kill(os.getpid(), signal.SIGSTOP)
