"""Secrets as files in memory: one for each, and all of them as one dotenv file."""

from __future__ import annotations

import os
import stat
from _thread import allocate_lock

from confcontract.boot.deliver.as_text import FILE, dotenv
from confcontract.boot.deliver.newfiles import NewFiles, refused
from confcontract.boot.deliver.secret_names import parted
from confcontract.boot.rundir import make_private
from confcontract.report.errors import ConfigurationInvalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.verdict.resolution import Resolution

DIRECTORY = "CONFCONTRACT_SECRETS_DIR"  # the variable that says where
ALL = "secrets.env"
_IN_MEMORY = ("tmpfs", "ramfs")
_MOST = 1000  # directories of one user
_MOUNTS = "/proc/self/mountinfo"


class Files:
    """Files of mode 0400 in a directory of mode 0700 in memory; each is replaced atomically.

    directory: where; it is created if it doesn't exist. None for our own directory below /run or /dev/shm. No one else
    uses it while this process or the application runs. Raises ConfigurationInvalid if the directory is not in memory,
    can't be made private or is in use.
    """

    reloads = True

    def __init__(self, directory: str | None, environ: Mapping[str, str]) -> None:
        self._made = False
        self._files: NewFiles | None = None
        self._changes = allocate_lock()  # new values and the end come on different threads
        self._closed = False
        self._lock: int | None = None
        if directory:
            self._directory = os.path.abspath(directory)
            # a path that doesn't exist may be a credential in the wrong variable
            unsaid = directory == environ.get("CONFCONTRACT_DELIVER_DIR") and not os.path.lexists(directory)
            self._said = "the directory of CONFCONTRACT_DELIVER_DIR" if unsaid else directory
            self._open()
            self._lock = self._hold()
        else:
            self._directory, self._lock = _own_directory(environ.get("XDG_RUNTIME_DIR", ""))
            self._said = self._directory
            self._made = True

    def environ(self, resolution: Resolution) -> dict[str, str]:
        try:
            files = self.replace(resolution)
            files.put_in_place()
        except ConfigurationInvalid:
            self.close()  # no one will
            raise
        files.keep()
        return files.environ

    def replace(self, resolution: Resolution) -> NewFiles:
        environ, secret = parted(resolution)
        contents = {**secret, ALL: dotenv(secret, resolution)}
        written = {
            name: text.encode("utf-8", "surrogateescape") for name, text in contents.items() if _is_file_name(name)
        }
        given = {**environ, DIRECTORY: self._directory, FILE: os.path.join(self._directory, ALL)}
        with self._changes:
            if self._closed:
                raise refused(f"{self._directory}: the application has ended", self._directory)
            before = self._files.names if self._files is not None else set()
            self._files = NewFiles(self._directory, before, written, given, self._changes)
            return self._files

    def close(self) -> None:
        with self._changes:
            self._closed = True
        if self._files is not None:
            self._files.take_back()
            for name in self._files.names:
                _remove(os.path.join(self._directory, name))
        if self._made:
            try:  # noqa: SIM105 - contextlib is dear
                os.rmdir(self._directory)
            except OSError:
                pass  # another process put something else there
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _open(self) -> None:
        path, said = self._directory, self._said
        try:
            make_private(path)
            self._made = True
        except FileExistsError:
            pass
        except OSError as error:
            raise refused(f"{said}: can't be made: {error.strerror}", said) from None
        found = os.lstat(path)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise refused(f"{said}: is not a directory that only user {os.geteuid()} can enter (mode 0700)", said)
        around = os.stat(os.path.dirname(os.path.abspath(path)))
        if around.st_mode & 0o1002 == 0o002:  # another user could replace it with their own directory
            raise refused(f"{said}: is in a folder in which any user can rename it (mode 0777, not 1777)", said)
        if not in_memory(path):
            self.close()
            raise refused(f"{said}: is on a disk, not in memory", said)

    def _hold(self) -> int:
        """Like `_take`, for a directory that was named: two processes would replace and remove each other's secrets
        there.
        """
        import fcntl

        descriptor = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            hint = "name another directory with --secrets-dir, or leave it out: boot then chooses a private one"
            message = f"{self._said}: another application's secrets are in it"
            raise refused(message, self._said, hint) from None
        os.set_inheritable(descriptor, True)
        return descriptor


def _own_directory(runtime: str) -> tuple[str, int]:
    """The first that is free, and the descriptor that holds it.

    Containers of one pod share /dev/shm, where neither process ids nor user ids distinguish them. A restarted container
    also finds the directory that it has left.
    """
    for parent in ("/run", runtime, "/dev/shm"):  # noqa: S108 - memory, and the directory made there is private
        if os.path.isabs(parent) and os.access(parent, os.W_OK | os.X_OK) and in_memory(parent):
            for number in range(1, _MOST):
                path = os.path.join(parent, f"confcontract-{os.geteuid()}-{number}")
                if (lock := _take(path)) is not None:
                    return path, lock
    raise refused("no directory in memory is writable: tried /run, $XDG_RUNTIME_DIR and /dev/shm", None)


def _take(path: str) -> int | None:
    """Lock a directory for this process, and remove what an ended process has left in it. None if another process has
    it.

    The lock is a descriptor that the application inherits, so the directory is in use while either of them runs.
    """
    import fcntl

    try:
        make_private(path)
    except FileExistsError:
        pass
    except OSError as error:
        raise refused(f"{path}: can't be made: {error.strerror}", path) from None
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = os.fstat(descriptor)
        if found.st_uid == os.geteuid() and not found.st_mode & 0o077 and os.path.samestat(found, os.lstat(path)):
            for name in os.listdir(descriptor):
                os.unlink(name, dir_fd=descriptor)
            os.set_inheritable(descriptor, True)
            return descriptor
    except OSError:
        pass  # it is in use, was just removed, or contains files that are not ours
    os.close(descriptor)
    return None


def in_memory(path: str) -> bool:
    """Whether a path is on a file system without a disk. False if that can't be determined."""
    path = os.path.realpath(path)
    best, kind = "", ""
    try:
        with open(_MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                fields = line.split()
                point = fields[4].encode().decode("unicode_escape") if "\\" in fields[4] else fields[4]
                inside = path == point or path.startswith(point.rstrip("/") + "/")
                if inside and len(point) >= len(best):
                    best, kind = point, fields[fields.index("-") + 1]
    except (OSError, ValueError, IndexError):
        return False
    return kind in _IN_MEMORY


def _remove(path: str) -> None:
    try:  # noqa: SIM105
        os.unlink(path)
    except OSError:
        pass  # gone already


def _is_file_name(name: str) -> bool:
    return "/" not in name and len(name) < 200  # the dotenv file has the others
