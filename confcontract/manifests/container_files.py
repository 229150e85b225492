"""The files of a container that the manifests show, laid out so that the verdict reads them at their paths.

They lie in a folder of their own, in memory where there is such a file system, readable by this user alone, and only
while a container is judged.
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
_PATH_MAX = 3000  # of 4096, since the folder comes in front


class ContainerFiles:
    """What can be said of a path in the container. impossible: files that no container can have at their paths."""

    def __init__(self, mounts: Iterable[Mount]) -> None:
        self._mounts = sorted(mounts, key=lambda each: len(each.path), reverse=True)
        named = {in_container(file.path): file for mount in reversed(self._mounts) for file in mount.files}
        self.files = {path: file for path, file in named.items() if _can_be(path, named)}
        self.impossible = [file for path, file in named.items() if path not in self.files]

    def file(self, path: str) -> ContainerFile | None:
        return self.files.get(in_container(path))

    def in_folder(self, path: str) -> list[ContainerFile]:
        """Those directly in it."""
        return [file for where, file in self.files.items() if posixpath.dirname(where) == in_container(path)]

    def why_unseen(self, path: str) -> str | None:
        """Why it is not known what is there; None where it is."""
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
    """While it lasts, all paths are those of the container."""
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
    """Whether a file can be there: not in another file, and of a name that a file can have."""
    *parents, _ = accumulate(path.split("/")[1:], lambda above, step: f"{above}/{step}", initial="")
    fits = all(0 < len(os.fsencode(step)) <= _NAME_MAX for step in path.split("/")[1:])
    return fits and len(path) <= _PATH_MAX and "\0" not in path and not any(parent in files for parent in parents)
