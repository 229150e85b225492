"""The folder that relative paths refer to: the working directory, even after a supervisor has left it.

A supervisor leaves it so that the file system can be unmounted. Relative paths given to the application, to a check or
to a restart still refer to that folder.
"""

from __future__ import annotations

import os
from _thread import allocate_lock

_left = ""  # the folder that this process was started in, if the process has left it
_root = ""  # the folder that replaces / while another container's files are read
_lock = allocate_lock()
_inside = 0  # the number of threads that are temporarily in it


def at(path: str) -> str:
    """Where a path leads."""
    if _root:
        return _root + in_container(path)
    return os.path.join(_left, path) if _left else path


def in_container(path: str) -> str:
    """A path as seen in a container: absolute, and never outside; /var/run is a link to /run in almost every image."""
    whole = os.path.normpath(f"/{path}").replace("//", "/")
    return whole.removeprefix("/var") if whole == "/var/run" or whole.startswith("/var/run/") else whole


def is_rooted() -> bool:
    """Whether paths are those of another container, so that none of them refers to this process's files."""
    return bool(_root)


class rooted:  # noqa: N801 - as `entered`
    """While this context is active, all paths start in a folder with a container's files. For one thread at a time."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._before = ""

    def __enter__(self) -> None:
        global _root
        self._before, _root = _root, self._folder

    def __exit__(self, *_: object) -> None:
        global _root
        _root = self._before


def left() -> str | None:
    """The folder in which we must start a process; None if it is the current one."""
    return _left or None


def leave() -> None:
    """Go to /. Stay if the folder could not be found again by its name, because it was removed or something was mounted
    over it, or if our modules are imported by a relative path."""
    global _left
    try:
        here = os.getcwd()
        if here != "/" and os.path.isabs(__file__) and os.path.samestat(os.stat(here), os.stat(".")):
            os.chdir("/")
            _left = here
    except OSError:
        return


class entered:  # noqa: N801 - used as `with entered():`; contextlib is dear
    """While this context is active, this process is in the folder again: a library opens paths that we don't see."""

    def __enter__(self) -> None:
        global _inside
        with _lock:
            _inside += 1
            if _inside == 1:
                _go(_left)

    def __exit__(self, *_: object) -> None:
        global _inside
        with _lock:
            _inside -= 1
            if _inside == 0 and _left:
                _go("/")


def _go(folder: str) -> None:
    if folder:
        try:  # noqa: SIM105
            os.chdir(folder)
        except OSError:
            pass  # the folder and its contents are gone: code that needs them will report it
