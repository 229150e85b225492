"""Files with values that are replaced while the application runs: noticed by a look at what the file system says."""

from __future__ import annotations

import os
import stat

from confcontract.host.folder import at
from confcontract.host.projection import stamp
from confcontract.verdict.sources.ownfiles import secret_directories

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.host.projection import Stamp
    from confcontract.verdict.resolution import Resolution


class ReplacedFiles:
    """What a resolution was made of: secret files, the directories that they were found in, and those of the class;
    env files and config files that the operator has named."""

    def __init__(self, resolution: Resolution) -> None:
        self._own = secret_directories(resolution.merged.programs)
        self._seen: dict[str, Stamp] = {}
        self.see(resolution)

    def see(self, resolution: Resolution) -> None:
        """From now on what this one was made of, as it was when it was read."""
        named = filter(_can_be_replaced, resolution.merged.files)
        own = {path: self._seen[path] if path in self._seen else stamp(path) for path in (*self._own, *named)}
        self._seen = own | resolution.merged.watched

    def see_again(self) -> None:
        """Everything is looked at anew: what is there now is known."""
        self._seen = {path: stamp(path) for path in self._seen}

    def has_news(self) -> bool:
        """Whether something is another file, or has another content, than when it was looked at."""
        return any(stamp(path) != known for path, known in self._seen.items())


def lost_directory(resolution: Resolution) -> str | None:
    """One that values came from, and that is not there any more. At a start it may be absent; while an application runs
    it is more likely a volume that is away, and not somebody's wish to take all of its values back."""
    merged = resolution.merged
    gone = [path for path in dict.fromkeys((*merged.files, *merged.watched)) if stamp(path) is None]
    if not gone:
        return None
    places = {entry.source.place for entries in merged.entries.values() for entry in entries}
    given = (path for path in gone if any(place.startswith(f"{path.rstrip(os.sep)}{os.sep}") for place in places))
    return next(given, None)


def _can_be_replaced(path: str) -> bool:
    """Not a pipe, which has been read."""
    try:
        return stat.S_IFMT(os.stat(at(path)).st_mode) in (stat.S_IFREG, stat.S_IFDIR)
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
