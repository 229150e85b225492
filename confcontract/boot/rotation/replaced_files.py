"""Detects files with values that are replaced while the application runs, by their metadata."""

from __future__ import annotations

import os
import stat

from confcontract.boot.rotation.change import changes_what_own_files_gave
from confcontract.host.folder import at
from confcontract.host.projection import stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.host.projection import Stamp
    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.sources.merged import Merged


class ReplacedFiles:
    """The files of a resolution: secret files and the directories that they were found in; env files and config files
    that the operator has named; files and directories that the settings class names.
    """

    def __init__(self, resolution: Resolution) -> None:
        self._seen: dict[str, Stamp] = {}
        self.see(resolution)

    def see(self, resolution: Resolution) -> None:
        """From now on watch the files of this resolution, as they were when they were read."""
        named = filter(_can_be_replaced, resolution.merged.files)
        found = {path: self._seen[path] if path in self._seen else stamp(path) for path in named}
        own = resolution.gathered.watched
        found |= {path: own[path] for path in filter(_can_be_replaced, own)}
        self._seen = found | resolution.merged.watched

    def see_again(self) -> None:
        """Everything has been checked again: the current state is known."""
        self._seen = {path: stamp(path) for path in self._seen}

    def has_news(self) -> bool:
        """Whether a file was replaced, or has other content, since it was last checked."""
        return any(stamp(path) != known for path, known in self._seen.items())


def lost(running: Resolution, found: Resolution) -> str | None:
    """A directory that values came from, or a file of the settings class, that no longer exists. At a start it may be
    absent; while an application runs, a missing volume is more likely than the intention to remove all of its values.
    Removing a file from a directory that stays is such an intention.

    found: what is read now. Values from the class's own files may be outranked, so that nothing is lost without them.
    """
    gone = _lost_directory(running.merged)
    if gone is None and (not found.ok or changes_what_own_files_gave(running, found)):
        gone = _lost_of_class(running)
    return gone


def _lost_directory(merged: Merged) -> str | None:
    gone = [path for path in dict.fromkeys((*merged.files, *merged.watched)) if stamp(path) is None]
    if not gone:
        return None
    places = {entry.source.place for entries in merged.entries.values() for entry in entries}
    given = (path for path in gone if any(place.startswith(f"{path.rstrip(os.sep)}{os.sep}") for place in places))
    return next(given, None)


def _lost_of_class(resolution: Resolution) -> str | None:
    watched = resolution.gathered.watched
    gone = {path for path, known in watched.items() if known is not None and stamp(path) is None}
    for path in sorted(resolution.gathered.giving()) if gone else ():
        outermost, outer = path, os.path.dirname(path)
        if outer in watched and outer not in gone:
            continue
        while outer in gone:
            outermost, outer = outer, os.path.dirname(outer)
        if outermost in gone:
            return outermost
    return None


def _can_be_replaced(path: str) -> bool:
    """A pipe can't: it has been read."""
    try:
        return stat.S_IFMT(os.stat(at(path)).st_mode) in (stat.S_IFREG, stat.S_IFDIR)
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
