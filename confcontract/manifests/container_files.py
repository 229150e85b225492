"""Recreates the files of a container that the manifests define, so that the check reads them at their paths.

They are written to a temporary folder, in memory if possible, which only this user can read. It is removed after the
check of the container.
"""

from __future__ import annotations

import os
import posixpath
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import accumulate

from confcontract.host.folder import at, in_container, rooted
from confcontract.manifests.workload import ContainerFile, Mount

_IN_MEMORY = "/dev/shm"  # noqa: S108
_NAME_MAX = 255
_PATH_MAX = 3000  # of 4096, since the folder is added in front


class ContainerFiles:
    """What is known about a path in the container. impossible: files whose paths can't exist in a container."""

    def __init__(self, mounts: Iterable[Mount]) -> None:
        self._mounts = sorted(mounts, key=lambda each: len(each.path), reverse=True)
        named = {in_container(file.path): file for mount in reversed(self._mounts) for file in mount.files}
        self.files = {path: file for path, file in named.items() if _can_be(path, named)}
        self.impossible = [file for path, file in named.items() if path not in self.files]

    def file(self, path: str) -> ContainerFile | None:
        return self.files.get(in_container(path))

    def in_folder(self, path: str) -> list[ContainerFile]:
        """The files directly in the folder."""
        return [file for where, file in self.files.items() if posixpath.dirname(where) == in_container(path)]

    def why_unseen(self, path: str) -> str | None:
        """Why the content of the path is not known; None if it is."""
        whole = in_container(path)
        file = self.files.get(whole)
        if file is not None:
            return file.unseen if file.content is None else None
        for mount in self._mounts:
            inside = in_container(mount.path)
            if whole == inside or whole.startswith(f"{inside.rstrip('/')}/"):
                return mount.unseen
        return "it is in the image, which is not read"


@contextmanager
def laid_out(files: Iterable[ContainerFile]) -> Iterator[None]:
    """In this context, all paths are resolved as in the container."""
    folder = tempfile.mkdtemp(prefix="confcontract-", dir=_IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None)
    try:
        with rooted(folder):
            for file in files:
                if file.content is not None:
                    _write(at(file.path), file.content)
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)


def _can_be(path: str, files: Mapping[str, ContainerFile]) -> bool:
    """Whether a file can exist at the path: not below another file, and with a valid name."""
    *parents, _ = accumulate(path.split("/")[1:], lambda above, step: f"{above}/{step}", initial="")
    fits = all(0 < len(os.fsencode(step)) <= _NAME_MAX for step in path.split("/")[1:])
    return fits and len(path) <= _PATH_MAX and "\0" not in path and not any(parent in files for parent in parents)
