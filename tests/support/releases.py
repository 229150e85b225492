"""Which releases are installed: where they differ, a test says what is true of each, and asserts it of both."""

from __future__ import annotations

from importlib.metadata import version

from packaging.version import Version


def is_before(since: str) -> bool:
    """Whether the installed release of a package is an earlier one. since: such as "pydantic 2.14"; "" is never so."""
    if not since:
        return False
    package, release = since.split()
    return Version(version(package)) < Version(release)
