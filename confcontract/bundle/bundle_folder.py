"""Manages the folder of a bundle: it must be empty or hold an older bundle, and the same input gives the same bytes."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

LIST = "bundle.json"
VERSION = 1
PROGRAMS = "bin"


def refuse_folder(folder: Path) -> None:
    """Raises UsageError unless the folder is missing or empty, or holds an older bundle and nothing else."""
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise _refused(f"{folder} is not a folder", "name one that is empty or does not exist")
    foreign = _foreign(folder) if any(folder.iterdir()) else None
    if foreign is not None:
        raise _refused(f"{folder} is not empty: {foreign}", "name a folder that is empty or does not exist")


def emptied(folder: Path) -> None:
    """Creates or empties the folder; an older bundle is removed. Raises OSError, and the errors of `refuse_folder`."""
    refuse_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    remove_all(folder)


def remove_all(folder: Path) -> None:
    """Removes the whole content."""
    for place in folder.iterdir():
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()


def finish(folder: Path, facts: Mapping[str, object], time: int) -> None:
    """Writes the list of files, and sets modes and times that do not depend on where the bundle was made."""
    names = [place.relative_to(folder).as_posix() for place in _files(folder)]
    listed = {"bundle": VERSION, **facts, "files": sorted([*names, LIST])}
    (folder / LIST).write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for place in sorted(folder.rglob("*"), reverse=True):
        place.chmod(0o755 if place.is_dir() or _is_program(place, folder) else 0o644)
        os.utime(place, (time, time))
    folder.chmod(0o755)
    os.utime(folder, (time, time))


def sizes(folder: Path, shares: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Bytes per share, the largest first. shares: path prefixes per share; the first matching share counts a file."""
    counted = dict.fromkeys(shares, 0)
    for place in _files(folder):
        path = place.relative_to(folder).as_posix()
        share = next((name for name, begins in shares.items() if path.startswith(begins)), None)
        if share is not None:
            counted[share] += place.stat().st_size
    return dict(sorted(counted.items(), key=lambda each: -each[1]))


def size(folder: Path) -> int:
    return sum(place.stat().st_size for place in _files(folder))


def _files(folder: Path) -> list[Path]:
    return [place for place in sorted(folder.rglob("*")) if not place.is_dir()]


def _is_program(place: Path, folder: Path) -> bool:
    return place.parent == folder / PROGRAMS or ".so" in place.name


def _foreign(folder: Path) -> str | None:
    """The reason why the folder can't be removed as an older bundle; None if it can."""
    try:
        listed = json.loads((folder / LIST).read_bytes())
        known = set(listed["files"]) if isinstance(listed["bundle"], int) else set()
    except FileNotFoundError:
        return "it contains other files, but no older bundle"
    except (ValueError, KeyError, TypeError):
        return f"its {LIST} does not belong to a bundle"
    for place in _files(folder):
        name = place.relative_to(folder).as_posix()
        if name not in known:
            return f"beside an older bundle it has {name}"
    return None


def _refused(what: str, hint: str) -> UsageError:
    return UsageError(Problem("usage", what, hint=hint))
