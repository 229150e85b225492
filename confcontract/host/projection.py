"""Directories that Kubernetes fills: all files of one state appear at once, and are replaced at once.

kubelet writes them into a directory of its own and points the link `..data` to it by a rename; the visible files are
links through `..data` (k8s.io/kubernetes/pkg/volume/util/atomic_writer.go).
"""

from __future__ import annotations

import os

from confcontract.host.folder import at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

DATA = "..data"

_LOOKS = 5
Stamp = tuple[int, ...] | None


def stamp(path: str) -> Stamp:
    """A stamp that differs after a file or a directory was replaced or written to; None if there is no such file."""
    try:
        found = os.stat(at(path))
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def remember(watched: dict[str, Stamp], path: str) -> None:
    """Keep the stamp of a file before it is read; a file that was read earlier keeps its earlier stamp."""
    if path not in watched:
        watched[path] = stamp(path)


def state_of(directory: str) -> str | None:
    """Identifies the current state of a projection; None if the directory is not a projection."""
    try:
        return os.readlink(os.path.join(at(directory), DATA))
    except OSError:
        return None


def leads_out(path: str, directory: str) -> bool:
    """Whether links lead from a path to a target outside the directory. A missing file has no target."""
    target, inside = os.path.realpath(at(path)), os.path.realpath(at(directory))
    return not target.startswith(inside.rstrip(os.sep) + os.sep) and os.path.lexists(target)


def leads_out_of_projection(path: str) -> bool:
    """Whether a path is in a projection but leads out of it."""
    directory = os.path.dirname(path)
    return state_of(directory) is not None and leads_out(path, directory)


def in_one_state(directory: str, read: Callable[[], T]) -> T:
    """The result of `read` while the directory does not change; it may be replaced several times."""
    for _ in range(_LOOKS):
        state = state_of(directory)
        found = read()
        if state_of(directory) == state:
            return found
    return read()
