"""Helper processes: started, bounded and reaped in one place.

A supervisor reaps every process that ends, orphans included. A second waiter for a helper would lose its exit status to
the supervisor, so both use this module.
"""

from __future__ import annotations

import errno
import os
import select
import selectors
import signal
import subprocess
import time
from threading import Lock

from confcontract.host.folder import left
from confcontract.host.oddenviron import as_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MAX_OUTPUT = 64 * 1024  # bytes to keep: the last ones, which contain the reason of a failure
_MOST_AT_ONCE = 16  # pieces to read before checking the clock: some programs write faster than anything can read
_TICK = 0.02  # seconds between two checks if the kernel has no pidfd


class Ended:
    """The result of a helper. status: exit code, or -n for signal n. output: stdout and stderr, the last 64 KiB."""

    __slots__ = ("output", "status", "timed_out")

    def __init__(self, status: int, output: bytes, timed_out: bool) -> None:
        self.status = status
        self.output = output
        self.timed_out = timed_out


class Processes:
    """Runs helpers from any thread, and reaps all other children."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._awaited: dict[int, int | None] = {}
        self.started: Callable[[], None] = _nothing
        """Called after a helper was started: signals may have reached the starting thread meanwhile."""

    def run(
        self,
        argv: Sequence[str],
        environ: Mapping[str, str],
        seconds: float,
        *,
        stdin: bytes = b"",
        directory: str | None = None,
    ) -> Ended:
        """Run a program to its end; after `seconds` it is killed, with everything in its process group.

        Pass no secret in argv or environ, where other processes can read it, but in stdin. The helper starts with
        default signal dispositions and nothing blocked. What it leaves running in its group is killed too.
        Raises OSError if it can't be started.
        """
        end = time.monotonic() + seconds
        process = self._start(argv, environ, directory)
        try:
            output, timed_out = _talk(process, stdin, end)
        finally:
            _kill_group(process.pid)
            status = self._status(process)
        return Ended(status, output, timed_out)

    def rehearse(self, argv: Sequence[str], environ: Mapping[str, str]) -> None:
        """Let the kernel perform every step of a start, except that the executed file is not a program.

        Raises OSError or ValueError like a real start, as far as the error does not depend on the program; another
        OSError if the system does not allow the attempt.
        """
        if not hasattr(os, "memfd_create"):
            return
        nothing = os.memfd_create("nothing")
        try:
            os.write(nothing, b"no program")
            os.fchmod(nothing, 0o700)
            with self._lock:  # otherwise its process, which ends at once, might be reaped elsewhere
                process = subprocess.Popen(
                    argv,
                    executable=f"/proc/self/fd/{nothing}",
                    cwd=left(),
                    env=as_given(environ),
                    process_group=0,
                    close_fds=False,
                )
                process.kill()  # even this is registered as an executable format
                process.wait()
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
        finally:
            os.close(nothing)

    def fork(self, work: Callable[[], object]) -> int:
        """Do some work in a copy of this process, which then ends. Returns its process id, for the methods below."""
        with self._lock:  # keep others from reaping it before it is registered
            pid = os.fork()
            if not pid:
                try:
                    work()
                finally:
                    os._exit(0)  # exit without flushing buffers or running clean-up handlers a second time
            self._awaited[pid] = None
            return pid

    def has_ended(self, pid: int) -> bool:
        """Whether a copy has ended; if so, it is forgotten."""
        with self._lock:
            ended = self._awaited[pid] is not None
            if not ended:
                try:
                    ended = os.waitpid(pid, os.WNOHANG)[0] == pid
                except ChildProcessError:  # SIGCHLD is ignored in this process
                    ended = True
            if ended:
                del self._awaited[pid]
            return ended

    def wait(self, pid: int, seconds: float) -> None:
        """Wait until a copy ends or the time is over; only briefly if the kernel can't notify."""
        ended = _end_of(pid)
        if ended is None:
            time.sleep(_TICK)
            return
        try:
            select.select([ended], [], [], max(seconds, 0))
        finally:
            os.close(ended)

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        while not self.has_ended(pid):
            self.wait(pid, _TICK)

    def reap(self) -> list[tuple[int, int]]:
        """(process id, wait status) of every child that ended, stopped or continued, and that no caller here awaits."""
        found: list[tuple[int, int]] = []
        with self._lock:
            while True:
                try:
                    pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
                except ChildProcessError:
                    return found
                if pid == 0:
                    return found
                if pid not in self._awaited:
                    found.append((pid, status))
                elif not os.WIFSTOPPED(status):
                    self._awaited[pid] = status

    def _start(self, argv: Sequence[str], environ: Mapping[str, str], directory: str | None) -> subprocess.Popen[bytes]:
        # keep others from reaping between start and registration
        with self._lock:
            found = signal.pthread_sigmask(signal.SIG_SETMASK, ())  # a helper must not inherit our blocked signals
            try:
                process = subprocess.Popen(
                    argv,
                    env=dict(environ),
                    cwd=directory or left(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    process_group=0,
                )
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, found)
                self.started()
            self._awaited[process.pid] = None
        return process

    def _status(self, process: subprocess.Popen[bytes]) -> int:
        """The exit status, no matter who reaped it. The process is dead or about to be."""
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        while True:
            with self._lock:
                reaped = self._awaited[process.pid]
                if reaped is None:
                    try:
                        pid, reaped = os.waitpid(process.pid, os.WNOHANG)
                    except ChildProcessError:  # the status is not available: SIGCHLD is ignored in this process
                        pid, reaped = process.pid, 0
                else:
                    pid = process.pid
                if pid:
                    del self._awaited[process.pid]
                    status = os.waitstatus_to_exitcode(reaped)
                    process.returncode = status  # or its finalizer would look for the process again
                    return status
            time.sleep(_TICK)


def _talk(process: subprocess.Popen[bytes], stdin: bytes, end: float) -> tuple[bytes, bool]:
    """Write its input and read its output until it ends or its time is up."""
    assert process.stdin is not None
    assert process.stdout is not None
    output = bytearray()
    with selectors.DefaultSelector() as selector:
        ended = _end_of(process.pid)
        if ended is not None:
            selector.register(ended, selectors.EVENT_READ, "ended")
        os.set_blocking(process.stdin.fileno(), False)
        os.set_blocking(process.stdout.fileno(), False)
        selector.register(process.stdout, selectors.EVENT_READ, "output")
        selector.register(process.stdin, selectors.EVENT_WRITE, "input")
        left = memoryview(stdin)
        try:
            while True:
                patience = end - time.monotonic()
                if patience <= 0:
                    return bytes(output), True
                for key, _ in selector.select(patience):
                    if key.data == "ended":
                        _read(process.stdout.fileno(), output)
                        return bytes(output), False
                    if key.data == "input":
                        left = _feed(process.stdin.fileno(), left)
                        if not left:
                            selector.unregister(process.stdin)
                            process.stdin.close()
                    elif not _read(process.stdout.fileno(), output):
                        selector.unregister(process.stdout)
                        if ended is None:  # we can only wait for the end of its output
                            return bytes(output), False
        finally:
            if ended is not None:
                os.close(ended)


def _end_of(pid: int) -> int | None:
    """A descriptor that becomes readable when the process ends; None if the system has none."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _feed(descriptor: int, left: memoryview) -> memoryview:
    if not left:
        return left
    try:
        return left[os.write(descriptor, left) :]
    except BlockingIOError:
        return left
    except BrokenPipeError:
        return left[:0]  # it does not read its input


def _read(descriptor: int, output: bytearray) -> bool:
    """Read the available output, or much of it. False at the end."""
    for _ in range(_MOST_AT_ONCE):
        try:
            chunk = os.read(descriptor, 65536)
        except BlockingIOError:
            return True
        if not chunk:
            return False
        output += chunk
        del output[:-MAX_OUTPUT]
    return True


def _kill_group(pid: int) -> None:
    try:  # noqa: SIM105
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # no process left, or only zombies (macOS)


def _nothing() -> None:
    """Signals are delivered to the main thread, as long as it blocks none."""


processes = Processes()
