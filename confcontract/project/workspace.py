"""Reads uv workspaces: several packages with one lock, some of which are installed into others from source.

https://docs.astral.sh/uv/concepts/projects/workspaces/
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

MOST_MEMBERS = 200
_ABOVE = 8  # folders
# Safe in an instruction and in a shell; no hidden file, and no path to the outside.
_PLAIN = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)*")


def members(workspace: Path) -> list[str]:
    """The folders of the packages, relative to the workspace and without its own; none if it is not a workspace."""
    table = _table(workspace)
    found: dict[str, None] = {}
    for pattern in _texts(table.get("members")):
        for folder in _matching(workspace, pattern):
            name = folder.relative_to(workspace).as_posix()
            excluded = any(fnmatchcase(name, each.rstrip("/")) for each in _texts(table.get("exclude")))
            if not excluded and _PLAIN.fullmatch(name) and (folder / "pyproject.toml").is_file():
                found[name] = None
    return [*found][:MOST_MEMBERS]


def is_workspace(folder: Path) -> bool:
    return bool(_table(folder))


def workspace_above(project: Path) -> Path | None:
    """The workspace that has the project as a member, if it is in a parent folder."""
    member = project.resolve()
    for folder in [*member.parents][:_ABOVE]:
        if member.relative_to(folder).as_posix() in members(folder):
            return folder
        if (folder / ".git").exists():
            break
    return None


def _table(folder: Path) -> dict[str, Any]:
    file = folder / "pyproject.toml"
    try:
        found: Any = tomllib.loads(file.read_text(encoding="utf-8") if file.is_file() else "")  # a FIFO would never end
    except (OSError, ValueError, RecursionError):
        return {}
    for name in ("tool", "uv", "workspace"):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _matching(workspace: Path, pattern: str) -> Iterator[Path]:
    """Matching folders in the workspace. A malformed pattern, or one that leads out of it, matches nothing."""
    plain = pattern.removeprefix("./").rstrip("/")
    if not plain or plain.startswith("/") or ".." in plain.split("/"):
        return
    try:
        yield from sorted(each for each in workspace.glob(plain) if each.is_dir() and each != workspace)
    except (ValueError, NotImplementedError, OSError):
        return


def _texts(found: Any) -> list[str]:
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
