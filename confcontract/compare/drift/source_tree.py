"""The Python files of a source tree, each once, without foreign code, and the ones that can't be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator

LARGEST = 4 * 1024 * 1024  # bytes of a module; a larger one is data, which takes minutes to parse
_SKIPPED = ("__pycache__", "node_modules", "site-packages")
_MARK_OF_A_VENV = "pyvenv.cfg"


def python_files(root: str, excluded: Callable[[str], bool], unreadable: Callable[[str, str], None]) -> Iterator[str]:
    """Paths in sorted order; `root` itself, if it is a file of any name.

    Names that begin with a dot, virtual environments, the folders in `_SKIPPED`, and excluded paths are left out. Links
    to directories are not followed, so that no tree is circular or leads out of itself.
    unreadable: called with a path and the reason if a directory can't be listed or a path has no target.
    """
    try:
        mode = os.stat(root).st_mode
    except OSError as error:
        unreadable(root, _words(error))
        return
    if not stat.S_ISDIR(mode):
        yield os.path.normpath(root)
        return
    yield from _within(root, excluded, unreadable)


def _within(folder: str, excluded: Callable[[str], bool], unreadable: Callable[[str, str], None]) -> Iterator[str]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        unreadable(folder, _words(error))
        return
    for entry in entries:
        path = os.path.normpath(entry.path)
        if entry.name.startswith(".") or excluded(path):
            continue
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _SKIPPED and not os.path.lexists(os.path.join(entry.path, _MARK_OF_A_VENV)):
                yield from _within(entry.path, excluded, unreadable)
        elif entry.name.endswith((".py", ".pyw")):
            yield from _file(path, unreadable)


def _file(path: str, unreadable: Callable[[str, str], None]) -> Iterator[str]:
    try:
        mode = os.stat(path).st_mode
    except OSError as error:  # a link without a target, or to itself
        unreadable(path, _words(error))
        return
    if stat.S_ISREG(mode):
        yield path


def _words(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
