"""Directories of secret files with folders in them, read like pydantic-settings' NestedSecretsSettingsSource."""

from __future__ import annotations

import errno
import os
import sys

from confcontract.host.folder import at
from confcontract.host.projection import remember
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from confcontract.host.projection import Stamp

_MOST = 10_000  # entries, the same limit as in pydantic-settings: links may multiply them


class _Refused(Exception):
    pass


def read_tree(
    plan: Mapping[str, Any], sensitive: bool, broken: list[Problem], watched: dict[str, Stamp]
) -> tuple[dict[str, str | None], dict[str, str]]:
    """Name of a file, with the folders that lead to it → its content; and the path of each, by name as it is looked up.
    The last directory wins. watched: is notified of each file that is read."""
    merged: dict[str, tuple[str, str]] = {}  # name as it is looked up → name as it is, content
    came_from: dict[str, str] = {}
    for given in plan["files"]:
        named = os.path.dirname(os.path.join(at(os.path.expanduser(given)), ""))  # without a slash at its end
        remember(watched, named)
        try:
            for name, content in _read(os.path.realpath(named), plan, watched):
                key = name if sensitive else name.lower()
                merged.pop(key, None)
                merged[key] = name, content
                came_from[key] = path = os.path.join(named, name)
                while (path := os.path.dirname(path)) not in watched:
                    remember(watched, path)
        except _Refused as refused:
            hint = "the application fails on it, too"
            message = f"{given} {refused}"
            broken.append(Problem("source-unreadable", message, source=given, hint=hint, source_said=True))
    return dict(merged.values()), came_from


def _read(directory: str, plan: Mapping[str, Any], watched: dict[str, Stamp]) -> Iterator[tuple[str, str]]:
    if sys.version_info < (3, 13) and _leads_to_itself(directory):  # later versions treat it as absent
        raise _Refused("is a link that points back to itself")
    if not os.path.exists(directory):
        if plan["missing"] == "error":
            raise _Refused("does not exist")
        return
    if not os.path.isdir(directory):
        raise _Refused("is the application's secrets_dir, but not a directory")
    files = list(_files(directory, watched))
    size = 0
    for path in files:
        size += os.stat(path).st_size
        if size > plan["maxSize"]:
            raise _Refused(f"holds more than {plan['maxSize']} bytes")
    for path in files:
        remember(watched, path)
        try:
            raw = read_source(path, limit=plan["maxSize"])
            content = raw.decode().replace("\r\n", "\n").replace("\r", "\n")
        except Unreadable as error:
            raise _Refused(f"has a file that can't be read, {os.path.relpath(path, directory)}: {error}") from None
        except UnicodeDecodeError:
            raise _Refused(f"has a file that is not UTF-8, {os.path.relpath(path, directory)}") from None
        yield os.path.relpath(path, directory), content.strip()


def _leads_to_itself(directory: str) -> bool:
    try:
        os.stat(directory)
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def _files(top: str, watched: dict[str, Stamp]) -> Iterator[str]:
    """Everything in the directory, also through links with a target inside; names that begin with a dot are left
    out."""
    seen = 0

    def walk(directory: str, around: frozenset[str]) -> Iterator[str]:
        nonlocal seen
        remember(watched, directory)
        try:
            names = sorted(os.listdir(directory))
        except OSError:
            return
        for name in names:
            if name.startswith("."):
                continue
            seen += 1
            if seen > _MOST:
                raise _Refused(f"has more than {_MOST} entries")
            path = os.path.join(directory, name)
            real = os.path.realpath(path)
            within = real == top or real.startswith(top.rstrip("/") + "/")
            if os.path.isdir(real):
                if within and real not in around:
                    yield from walk(path, around | {real})
            elif os.path.isfile(real) and within and real != top:
                yield path

    yield from walk(top, frozenset((top,)))
