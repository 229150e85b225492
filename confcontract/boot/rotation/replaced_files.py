"""Secret files that are replaced while the application runs: noticed by a look at what the file system says of them."""

from __future__ import annotations

from confcontract.host.projection import stamp
from confcontract.verdict.sources.ownfiles import secret_directories

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.host.projection import Stamp
    from confcontract.verdict.resolution import Resolution


class ReplacedFiles:
    """What a resolution was made of: secret files, the directories that they were found in, and those of the class."""

    def __init__(self, resolution: Resolution) -> None:
        self._own = secret_directories(resolution.merged.programs)
        self._seen: dict[str, Stamp] = {}
        self.see(resolution)

    def see(self, resolution: Resolution) -> None:
        """From now on what this one was made of, as it was when it was read."""
        own = {path: self._seen.get(path) or stamp(path) for path in self._own}
        self._seen = own | resolution.merged.watched

    def see_again(self) -> None:
        """Everything is looked at anew: what is there now is known."""
        self._seen = {path: stamp(path) for path in self._seen}

    def has_news(self) -> bool:
        """Whether something is another file, or has another content, than when it was looked at."""
        return any(stamp(path) != known for path, known in self._seen.items())
