"""The private directory in which boot stores data for probes, and where the supervisor listens for them.

No one else may write there, because a probe trusts its content. Hence mode 0700, owned by us, and no symbolic link.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "CONFCONTRACT_RUNTIME_DIR"
SOCKET = "probe.sock"
STATE = "probe.json"
SYSTEM = "/run/confcontract"
_LONGEST = 107  # bytes of a Unix socket's address


class NoDirectory(Exception):
    """There is no private directory. The message says what to set."""


def make(environ: Mapping[str, str]) -> str:
    """The first usable directory, created if it doesn't exist. Raises NoDirectory."""
    for path in candidates(environ):
        try:
            make_private(path)
        except FileExistsError:
            pass
        except (OSError, ValueError):
            continue
        if is_private(path) and os.access(path, os.W_OK):  # a directory of the image may be read-only
            return path
    raise NoDirectory(f"set {VARIABLE} to a directory in which user {os.geteuid()} can write")


def make_private(path: str) -> None:
    """A directory that only its owner can use, whatever the umask. Raises OSError."""
    found = os.umask(0o077)
    try:
        os.mkdir(path, 0o700)
    finally:
        os.umask(found)


def find(environ: Mapping[str, str]) -> list[str]:
    """Those that exist, in the same order."""
    return [path for path in candidates(environ) if is_private(path)]


def candidates(environ: Mapping[str, str]) -> list[str]:
    """The possible directories. If the operator names one, only that; in a volume that is not ours, a folder in it."""
    mine = f"confcontract-{os.geteuid()}"
    if named := environ.get(VARIABLE):
        return [named, os.path.join(named, mine)]
    found = [SYSTEM]
    if session := environ.get("XDG_RUNTIME_DIR"):
        found.append(os.path.join(session, "confcontract"))
    return [*found, os.path.join(environ.get("TMPDIR") or "/tmp", mine)]  # noqa: S108 - checked to be ours


def is_private(path: str) -> bool:
    """Whether it is a directory, not a link, that is ours and that no one else can enter."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return False
    # the type, and no bits for group and others
    return found.st_mode & 0o170077 == 0o040000 and found.st_uid == os.geteuid()


class short_path:  # noqa: N801 - used as a function
    """The address of a Unix socket, even if its path is longer than the kernel accepts."""

    __slots__ = ("_directory", "_path")

    def __init__(self, path: str) -> None:
        self._path = path
        self._directory: int | None = None

    def __enter__(self) -> str:
        if len(os.fsencode(self._path)) <= _LONGEST:
            return self._path
        folder, name = os.path.split(self._path)
        self._directory = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        return f"/proc/self/fd/{self._directory}/{name}"

    def __exit__(self, *_: object) -> None:
        if self._directory is not None:
            os.close(self._directory)
