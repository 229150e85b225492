"""Secret files that replace others, and can be rolled back."""

from __future__ import annotations

import os

from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from collections.abc import Mapping

MOUNT = "mount a tmpfs that only this user can enter and name it with --secrets-dir, or use --deliver memfd"


class NewFiles:
    """Drafts in a directory that only we use, until they are put in place.

    environ: that of the application. names: the new files. before: the previous files. lock: held while the directory
    is changed; also here, by the caller. Raises ConfigurationInvalid if there is no space for them.
    """

    def __init__(
        self, directory: str, before: set[str], contents: Mapping[str, bytes], environ: dict[str, str], lock: LockType
    ) -> None:
        self.environ = environ
        self.names = before
        self._directory = directory
        self._before = before
        self._new = contents.keys()
        self._lock = lock
        self._replaced: list[str] = []
        self._decided = False
        try:
            for name, content in contents.items():
                self._write(_draft(name), content)
        except OSError as error:
            raise self._failed(error) from None

    def put_in_place(self) -> None:
        """The old files stay next to the new ones until they are not needed, so that a rollback needs no space."""
        with self._lock:
            if not self._decided:  # otherwise the application has ended in the meantime
                try:
                    self._put()
                except OSError as error:
                    raise self._failed(error) from None

    def keep(self) -> None:
        """The application uses the new files: remove the previous ones."""
        with self._lock:
            if not self._decided:
                self._decided = True
                for name in self._before:
                    self._remove(_old(name))

    def take_back(self) -> None:
        """The application does not use them: restore the previous files unchanged."""
        with self._lock:
            self._undo()

    def _put(self) -> None:
        for name in self._before | self._new:
            self._remove(_old(name))  # of a process that was killed here
        for name in self._before:
            os.link(self._path(name), self._path(_old(name)), follow_symlinks=False)
        for name in self._new:
            os.replace(self._path(_draft(name)), self._path(name))
            self._replaced.append(name)
        for name in self._before - self._new:
            self._remove(name)
        self.names = set(self._new)

    def _undo(self) -> None:
        if self._decided:
            return
        self._decided = True
        for name in self._new:
            self._remove(_draft(name))
        for name in self._replaced:
            if name not in self._before:
                self._remove(name)
        for name in self._before:
            self._rename(_old(name), name)
            self._remove(_old(name))  # a link to an existing file is not renamed
        self.names = self._before

    def _failed(self, error: OSError) -> ConfigurationInvalid:
        self._undo()
        return refused(f"{self._directory}: can't be written: {error.strerror}", self._directory)

    def _write(self, name: str, content: bytes) -> None:
        self._remove(name)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(self._path(name), flags, 0o400), "wb") as file:
            os.fchmod(file.fileno(), 0o400)  # whatever the umask
            file.write(content)

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name)

    def _remove(self, name: str) -> None:
        try:  # noqa: SIM105 - contextlib is dear
            os.unlink(self._path(name))
        except OSError:
            pass  # gone already

    def _rename(self, name: str, to: str) -> None:
        try:  # noqa: SIM105
            os.rename(self._path(name), self._path(to))
        except OSError:
            pass  # it was not moved away yet, so the original is still in place


def _draft(name: str) -> str:
    return f".{name}.new"


def _old(name: str) -> str:
    return f".{name}.old"


def refused(message: str, source: str | None, hint: str = MOUNT) -> ConfigurationInvalid:
    """Why secrets can't be handed over as files. message: begins with the source, if there is one."""
    said = source is not None
    return ConfigurationInvalid(Problem("delivery-impossible", message, source=source, hint=hint, source_said=said))
