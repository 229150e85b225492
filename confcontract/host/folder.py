"""The folder in which relative paths begin: the working directory, also when a supervisor has left it.

It leaves so as not to keep a file system busy that could be unmounted. What the application, a check or another start
of it names by a relative path is still meant from there.
"""

from __future__ import annotations

import os
from _thread import allocate_lock

_left = ""  # the folder that this process was started in, if it is not in it any more
_root = ""  # the folder that stands for /, while another container's files are looked at
_lock = allocate_lock()
_inside = 0  # how many are in it for a moment


def at(path: str) -> str:
    """Where a path leads."""
    if _root:
        return _root + in_container(path)
    return os.path.join(_left, path) if _left else path


def in_container(path: str) -> str:
    """A path as it is in a container: absolute, without a way out; /var/run is a link to /run in about every image."""
    whole = os.path.normpath(f"/{path}").replace("//", "/")
    return whole.removeprefix("/var") if whole == "/var/run" or whole.startswith("/var/run/") else whole


def is_rooted() -> bool:
    """Whether paths are those of another container, so that nothing of this process is meant by them."""
    return bool(_root)


class rooted:  # noqa: N801 - as `entered`
    """While it lasts, all paths begin in a folder that holds the files of a container. For one thread at a time."""

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
    """The folder in which a process is to be started by us; None if that is where we are."""
    return _left or None


def leave() -> None:
    """Go to /. Not from a folder that could not be found again by its name: it was removed, or something was mounted
    over it; nor if modules of ours are looked for by a relative path."""
    global _left
    try:
        here = os.getcwd()
        if here != "/" and os.path.isabs(__file__) and os.path.samestat(os.stat(here), os.stat(".")):
            os.chdir("/")
            _left = here
    except OSError:
        return


class entered:  # noqa: N801 - used as `with entered():`; contextlib is dear
    """While it lasts, this process is in the folder again: a library opens paths that we don't see."""

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
            pass  # it has gone, and what is in it: whoever needs it will say so
