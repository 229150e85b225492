"""Read a file that was named as a source of values: completely, within limits, and without waiting for ever.

Regular files, pipes (`--env-file <(sops -d prod.env)` is `/dev/fd/63`), FIFOs, sockets and `/dev/null` can be read; a
directory or a terminal can't.
"""

from __future__ import annotations

import os
import stat

from confcontract.host.folder import at, is_rooted

PATIENCE = 10.0  # seconds without a byte, or without any writer, before a pipe is given up
MAX_BYTES = 16 * 1024 * 1024  # no env file is larger; a mistaken path (a disk, a log) is refused
_CHUNK = 1024 * 1024
_EMPTY = 100  # attempts to read a file that reports bytes and then has none
_LOOK_UP = 0.1  # seconds; a signal that arrives just before a wait is noticed after this time

_deadline: float | None = None


class Unreadable(Exception):
    """Why a file can't be read, in words (`str(error)`), and what to do (`hint`).

    of_file: whether the words continue a sentence that begins with the name of the file: "is a directory".
    """

    def __init__(self, what: str, hint: str, *, of_file: bool = False) -> None:
        super().__init__(what)
        self.hint = hint
        self.of_file = of_file


class OutOfTime(Exception):
    """The work did not end before the moment that `give_up_at` set."""


def give_up_at(deadline: float) -> None:
    """From this moment of `time.monotonic` on, this process no longer waits for anything that it reads."""
    global _deadline
    _deadline = deadline


def time_left() -> float | None:
    """Seconds until that moment, at least 0; None if no moment was set."""
    import time

    return None if _deadline is None else max(_deadline - time.monotonic(), 0.0)


def is_pipe(path: str) -> bool:
    """Whether it exists and may block a reader: a FIFO or a socket."""
    try:
        mode = os.stat(at(path)).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def read_source(path: str, *, limit: int = MAX_BYTES, patience: float = PATIENCE, pipes: bool = True) -> bytes:
    """The content of `path`. `limit` is in bytes; `patience` in seconds, for pipes only (see `give_up_at`). pipes:
    False for a file that was not named explicitly; such a pipe is never waited for.

    Raises Unreadable: missing, no permission, a directory, a device, too large, a silent pipe, or any pipe if pipes is
    False.
    """
    if not path:
        raise Unreadable("the path is empty", "name a file")
    if "\0" in path:
        raise Unreadable("the path holds a NUL character", "correct the path")
    try:
        descriptor = _open(path)
    except FileNotFoundError:
        raise Unreadable("there is no such file", "check the path; is the file mounted?") from None
    except OSError as error:
        what = f"can't be read: {error.strerror}"
        raise Unreadable(what, access_hint(path, error), of_file=True) from None
    try:
        return _read(descriptor, limit, patience, pipes=pipes)
    except OSError as error:
        what, hint = f"can't be read: {error.strerror}", "check the file and its disk"
        raise Unreadable(what, hint, of_file=True) from None
    finally:
        os.close(descriptor)


def access_hint(path: str, error: OSError) -> str:
    """What to do about a path that can't be opened. It names the reader and the owner, so that they can be compared."""
    if not isinstance(error, PermissionError):
        return "check the path, its owner and its mode"
    user = os.geteuid()
    try:
        status = os.stat(at(path))
    except OSError:
        return f"allow user {user} to search its folders"
    whose = f"user {status.st_uid} and group {status.st_gid}, with mode {stat.S_IMODE(status.st_mode):04o}"
    return f"allow user {user} to read it: it belongs to {whose}"


def _open(path: str) -> int:
    inherited = None if is_rooted() else _inherited_pipe(path)
    if inherited is not None:
        return os.dup(inherited)
    # O_NONBLOCK: opening a FIFO must not wait for a writer that never comes
    return os.open(at(path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)


def _inherited_pipe(path: str) -> int | None:
    """The number in /dev/fd/N if that is a pipe or socket.

    It is duplicated, not reopened: sockets can't be reopened, and a reopened pipe no longer knows that its writer has
    gone, so `<(true)` would look like a FIFO without a writer yet.
    """
    if path == "/dev/stdin":
        number = "0"
    else:
        directory, _, number = path.rpartition("/")
        if directory not in ("/dev/fd", "/proc/self/fd") or not (number.isascii() and number.isdigit()):
            return None
    mode = os.fstat(int(number)).st_mode if len(number) < 8 else 0
    return int(number) if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else None


def _read(descriptor: int, limit: int, patience: float, *, pipes: bool) -> bytes:
    status = os.fstat(descriptor)
    mode = status.st_mode
    waits = stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
    if stat.S_ISDIR(mode):
        raise Unreadable("is a directory", "name a file in it", of_file=True)
    if waits and not pipes:
        raise Unreadable("is a pipe, which is not read here", "name a regular file", of_file=True)
    if not (waits or stat.S_ISREG(mode) or _is_null(status)):
        raise Unreadable("is a device, not a file or a pipe", "name a file or a pipe", of_file=True)
    too_large = Unreadable(f"is larger than {limit} bytes", "check that this is the right file", of_file=True)
    if stat.S_ISREG(mode) and status.st_size > limit:
        raise too_large
    chunks: list[bytes] = []
    size = empty = 0
    while True:
        if waits:
            _await_bytes(descriptor, patience)
        try:
            chunk = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            # another process read from the same pipe between the two calls; or it is a kernel file such as /proc/kmsg,
            # which waits for more instead of ending
            waits, empty = True, empty + 1
            if empty > _EMPTY:
                raise Unreadable("never ends: it waits for more data", "name a file or a pipe") from None
            continue
        if not chunk:
            return b"".join(chunks)
        size += len(chunk)
        if size > limit:
            raise too_large
        chunks.append(chunk)


def _await_bytes(descriptor: int, patience: float) -> None:
    """Wait until the pipe has bytes or its writers have gone. A FIFO that never had a writer shows neither."""
    import time
    from select import POLLIN, poll

    began = time.monotonic()
    if _deadline is not None:
        patience = max(min(patience, _deadline - began), 0)
    watch = poll()
    watch.register(descriptor, POLLIN)
    left = patience
    while not watch.poll(min(left, _LOOK_UP) * 1000):
        left = began + patience - time.monotonic()
        if left <= 0:
            raise Unreadable(
                f"nothing was written to this pipe for {patience:.2g} s",
                "start the program that writes to it, or name a regular file",
            )


def _is_null(status: os.stat_result) -> bool:
    """/dev/null, the usual way to say "no file"."""
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == os.stat(os.devnull).st_rdev
