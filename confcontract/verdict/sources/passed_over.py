"""Things that are not files at a path where a settings class looks for a file: the application ignores them."""

from __future__ import annotations

import os
import stat

from confcontract.host.folder import at
from confcontract.report.problem import WARNING, Problem

_REMOVE = "put the file there, or remove what is in its place"
_MOUNTED = "mount the file itself: docker creates a directory if the source of a bind mount does not exist"


def passed_over(path: str) -> list[Problem]:
    """A warning, except for the usual ways to say "no file". path: of something that exists, but is not the expected
    file."""
    if path == os.devnull:
        return []
    try:
        is_directory = stat.S_ISDIR(os.stat(at(path)).st_mode)
    except OSError:
        what, hint = "is a link whose target is not a file", _REMOVE
    else:
        what, hint = ("is a directory", _MOUNTED) if is_directory else ("is not a regular file", _REMOVE)
    message = f"{path} {what}: the application goes on as if the file did not exist"
    return [Problem("source-unreadable", message, source=path, hint=hint, severity=WARNING, source_said=True)]
