"""Boot's messages, on streams that others may or may not read. A reader must not decide whether the application starts.

A full pipe that is not read would otherwise block boot for ever, in a write without a timeout.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

PATIENCE = 2.0  # seconds that boot waits for a reader of its messages, before it drops them
_PIECE = 4096  # PIPE_BUF: a pipe accepts this many bytes atomically


def hold_streams(patience: float | None = None) -> None:
    """Make the standard streams safe to use. patience: for stderr, in seconds; None waits for the reader without limit.

    /dev/null replaces a closed stream, so that no file or socket of ours becomes descriptor 2. Python opens it
    close-on-exec, so the application still finds the stream closed. Text that can't be written to stderr is dropped.
    Even if O_NONBLOCK is set, boot waits for the reader.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - open until the end
    if patience is None and _is_blocking(sys.stderr):
        sys.stderr = _Unfailing(sys.stderr)
    else:
        sys.stderr = Impatient(sys.stderr, float("inf") if patience is None else patience)
    if not _is_blocking(sys.stdout):
        sys.stdout = Bounded(sys.stdout, float("inf"))


def _is_blocking(stream: TextIO) -> bool:
    try:
        return os.get_blocking(stream.fileno())
    except (OSError, ValueError, AttributeError):  # it has no descriptor
        return True


def give_up_at(moment: float) -> None:
    """From this moment of time.monotonic() on, boot waits for no reader."""
    if isinstance(sys.stderr, Impatient):
        sys.stderr.until = moment


class Impatient:
    """A stream that drops text which can't be written at once or within its patience.

    After a wait without success it does not wait again until something could be written at once.
    """

    def __init__(self, stream: TextIO, patience: float) -> None:
        self._stream = stream
        self._output = Output(stream.fileno())
        self._patience = patience
        self._left = patience
        self.until = float("inf")

    def write(self, text: str) -> int:
        began = time.monotonic()
        try:
            self._output.put(
                text.encode(self._stream.encoding, "backslashreplace"), min(began + self._left, self.until)
            )
        except OSError:  # there is no reader, no space, or the time is over
            self._left = max(self._left - (time.monotonic() - began), 0)
        else:
            self._left = self._patience
        return len(text)

    def flush(self) -> None:
        """There is no buffer."""

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


class Bounded:
    """A stream for a result: it waits for its reader until a moment of time.monotonic(), and then raises OSError."""

    def __init__(self, stream: TextIO, until: float) -> None:
        self._stream = stream
        self._output = Output(stream.fileno())
        self._until = until

    def write(self, text: str) -> int:
        self._output.put(text.encode(self._stream.encoding, "backslashreplace"), self._until)
        return len(text)

    def flush(self) -> None:
        """There is no buffer."""

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


class Output:
    """A descriptor that is written without ever blocking, and without O_NONBLOCK.

    That flag belongs to the open file, not to the descriptor: the application, and every other process that shares the
    file, would find it set.
    """

    def __init__(self, descriptor: int) -> None:
        import stat

        self._descriptor = descriptor
        self._own: int | None = None
        kind = os.fstat(descriptor).st_mode
        self._plain = stat.S_ISREG(kind) or stat.S_ISBLK(kind)  # a write to a file succeeds or fails, it does not block

    def put(self, data: bytes, until: float) -> None:
        """Write all of it. Raises TimeoutError at `until`, a moment of time.monotonic(); OSError as os.write does."""
        left = memoryview(data)
        while left:
            try:
                left = left[self._write(left if self._plain else left[:_PIECE]) :]
            except BlockingIOError:
                self._wait(until)

    def _write(self, piece: memoryview) -> int:
        if self._plain:
            return os.write(self._descriptor, piece)
        if self._own is None:
            try:  # pipes, sockets and some devices, as of Linux 6.4
                return os.pwritev(self._descriptor, [piece], -1, os.RWF_NOWAIT)
            except BlockingIOError:
                raise
            except (OSError, AttributeError, NotImplementedError):
                self._own = self._opened()
        if self._own >= 0:
            return os.write(self._own, piece)
        # A socket, or a file that another user has opened. If others write to it as well, this may still wait.
        if not _is_writable(self._descriptor, 0):
            raise BlockingIOError
        return os.write(self._descriptor, piece[:256])

    def _opened(self) -> int:
        """Open the same pipe or terminal again, with flags of its own; -1 if it can't be opened."""
        flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        try:
            return os.open(f"/proc/self/fd/{self._descriptor}", flags)
        except OSError:
            return -1

    def _wait(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            import errno

            raise TimeoutError(errno.ETIMEDOUT, "nothing has read what was written")
        if _is_writable(self._descriptor, min(left, 3600)):
            time.sleep(0.001)  # another writer was faster, or the piece doesn't fit yet


def _is_writable(descriptor: int, seconds: float) -> bool:
    import select

    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return bool(poll.poll(int(seconds * 1000) + 1 if seconds else 0))


class _Unfailing:
    """A stream that drops text without a reader (EPIPE) or without space (ENOSPC) instead of raising."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:  # noqa: SIM105 - contextlib is dear
            self._stream.flush()
        except OSError:
            pass

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)
