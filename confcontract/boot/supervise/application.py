"""The application as a child: started as `hand_off` would have started it, in a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess

from confcontract.boot import launch
from confcontract.boot.command import exec_refused
from confcontract.boot.supervise.terminal import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Application:
    """One run of the application, from start to the end of its process group.

    pid: of its process, and number of its group. status: exit code (128+n after signal n), None while it runs.
    """

    __slots__ = ("_process", "_terminal", "pid", "status")

    def __init__(
        self,
        path: str,
        argv: Sequence[str],
        environ: Mapping[str, str],
        *,
        mask: Iterable[int],
        terminal: Terminal,
    ) -> None:
        """Start it. mask: the signals that are to be blocked in it. Raises ConfcontractError if the kernel refuses."""
        self.status: int | None = None
        self._terminal = terminal
        found = signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        try:
            # Not posix_spawn: in glibc's the child ignores two signals of the C library's own ever after. The child
            # inherits the limit on core dumps; this process stays undumpable.
            with launch.core_dumps_as_found(), terminal.signals_as_found():
                self._process = subprocess.Popen(
                    argv, executable=path, env=dict(environ), process_group=0, close_fds=False
                )
        except (OSError, ValueError) as error:
            raise exec_refused(error, path, argv, environ) from None
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, found)
        self.pid = self._process.pid
        terminal.give(self.pid)

    def note(self, status: int) -> None:
        """What waiting for the process gave."""
        if os.WIFSTOPPED(status):
            self._terminal.stopped(self.pid, os.WSTOPSIG(status))
            return
        code = os.waitstatus_to_exitcode(status)
        self._process.returncode = code  # or its finalizer would wait for it again
        self.status = code if code >= 0 else 128 - code
        self._terminal.take_back()

    def signal(self, number: int) -> bool:
        """Send a signal to the process, if it is still there. False if it is another user's, and we may not."""
        if self.status is None:
            try:
                os.kill(self.pid, number)  # it is our child, and not reaped: the number can't be anybody else's
            except PermissionError:
                return False
        return True

    def signal_group(self, number: int) -> bool:
        """Send a signal to what is left of its process group. False if there is nobody left."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        except PermissionError:
            return self.status is None  # only others' processes are left: nothing that we could end
        return True
