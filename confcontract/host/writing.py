"""Files written whole or not at all, in folders where others may have put something in the way.

A draft has an unpredictable name and is created, never opened: a file or FIFO planted under a name is neither written
through nor waited for. Whatever has the name of the target is replaced, never written into; if it is not a regular
file, the write is refused.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

MODE = 0o644


class InTheWay(OSError):
    """Something is in the way of the file to write. `strerror` says what."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(None, what, path)


def write_whole(path: str, payload: bytes, mode: int = MODE) -> None:
    """Write beside the target, then rename over it. Raises OSError; InTheWay where something is planted there."""
    write_all({path: payload}, mode)


def write_in_pieces(path: str, pieces: Iterable[bytes], mode: int = MODE) -> None:
    """Like `write_whole`, for content that need not fit into memory. If producing the pieces raises, the file is
    unchanged."""
    refuse_planted(path)
    os.replace(_draft(path, pieces, mode), path)


def write_all(contents: Mapping[str, bytes], mode: int = MODE, programs: Collection[str] = ()) -> None:
    """Write all drafts first, then rename them: a full disk leaves the old files. Raises as `write_whole`.

    programs: the files that are executable too, by everyone who may read them.
    """
    drafts: list[tuple[str, str]] = []
    try:
        for target, payload in contents.items():
            refuse_planted(target)
            its_mode = mode | (mode & 0o444) >> 2 if target in programs else mode
            drafts.append((_draft(target, (payload,), its_mode), target))
        while drafts:
            os.replace(*drafts[0])
            drafts.pop(0)
    finally:
        for draft, _ in drafts:
            try:  # noqa: SIM105 - contextlib is dear
                os.unlink(draft)
            except OSError:
                pass  # report the original error


def refuse_planted(path: str) -> None:
    """Raises InTheWay for anything that is not a file, for a link that another user has made, and for a second name of
    a file in a folder where others may make one. A user's own links are allowed."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(21, "Is a directory", path)
    if stat.S_ISLNK(found.st_mode):
        if found.st_uid not in (os.geteuid(), 0):
            raise InTheWay(path, "it is a symbolic link of another user")
    elif not stat.S_ISREG(found.st_mode):
        raise InTheWay(path, "it is not a regular file")
    elif found.st_nlink > 1 and os.stat(os.path.dirname(path) or ".").st_mode & 0o002:
        raise InTheWay(path, "it is a hard link to another file, in a folder that every user may write")


def _draft(target: str, pieces: Iterable[bytes], mode: int) -> str:
    folder, name = os.path.split(target)
    draft = os.path.join(folder, f".{name[:100]}.{os.urandom(8).hex()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(draft, flags, 0o600)
    try:
        os.fchmod(descriptor, mode & 0o777)  # regardless of the umask: boot usually runs as another user than bake
        with open(descriptor, "wb") as stream:
            for piece in pieces:
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        os.unlink(draft)
        raise
    return draft
