"""Walks through all layers in one pass, newest first, and determines for each entry whether a container would see it.

Code that needs several facts about an image collects them in the same pass, so that each layer is fetched and
decompressed once. An entry is hidden if a newer layer replaces it, removes it by a whiteout, or puts something other
than a directory at one of its parents. As on an overlay, every parent of an entry is a directory in its layer, even if
the layer does not list it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum

from confcontract.image.entry import EntryKind, ImageLayer, LayerEntry
from confcontract.image.verified import CHUNK

_REMOVES = (EntryKind.WHITEOUT, EntryKind.OPAQUE)


class _Above(IntEnum):
    """What a newer layer has at a path. A greater value hides more, in whichever layer it occurs."""

    IMPLIED = 1  # a directory that the layer does not list
    DIRECTORY = 2
    OTHER = 3


class WalkedEntry:
    """layer: its number, from 0 for the oldest. visible: whether a container sees the entry. If one layer has two
    entries for one path, both are visible and the later one wins. Whiteouts are returned as well, and are not
    visible."""

    __slots__ = ("_ended", "_taps", "entry", "layer", "visible")

    def __init__(self, entry: LayerEntry, layer: int, visible: bool) -> None:
        self.entry = entry
        self.layer = layer
        self.visible = visible
        self._taps: list[Callable[[bytes], object]] = []
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """Reads the next bytes of the content, for one reader, until the next entry is requested. Raises ImageFault."""
        piece = b"" if self._ended else self.entry.read(size)
        self._ended = not piece
        for tap in self._taps:
            if piece:
                tap(piece)
        return piece

    def tap(self, take: Callable[[bytes], object]) -> None:
        """Registers a function that is called with every piece of the content, whether or not anything else reads
        it."""
        self._taps.append(take)

    def finish(self) -> None:
        while self._taps and self.read(CHUNK):
            continue


def walk_layers(layers: Sequence[ImageLayer]) -> Iterator[WalkedEntry]:
    """Reads each layer to its end, so that its digest is verified. Raises ImageFault."""
    hidden = _Hidden()
    for number in range(len(layers) - 1, -1, -1):
        own = _OfLayer(keep=number > 0)
        for entry in layers[number].entries():
            walked = WalkedEntry(entry, number, entry.kind not in _REMOVES and not hidden.covers(entry))
            yield walked
            walked.finish()
            own.take(entry)
        hidden.add(own)


class _OfLayer:
    def __init__(self, *, keep: bool) -> None:
        self.there: dict[str, _Above] = {}
        self.removed: set[str] = set()
        self.opaque: set[str] = set()
        self._keep = keep  # the oldest layer has no layer below it to hide

    def take(self, entry: LayerEntry) -> None:
        if not self._keep:
            return
        if entry.kind is EntryKind.WHITEOUT:
            self.removed.add(entry.path)
        elif entry.kind is EntryKind.OPAQUE:
            self.opaque.add(entry.path)
        else:
            self.there[entry.path] = _Above.DIRECTORY if entry.kind is EntryKind.DIRECTORY else _Above.OTHER
        path = entry.path.rpartition("/")[0]
        while path and path not in self.there:
            self.there[path] = _Above.IMPLIED
            path = path.rpartition("/")[0]


class _Hidden:
    """The paths that the newer layers hide from the older ones."""

    def __init__(self) -> None:
        self._all = _OfLayer(keep=True)
        self._folder: tuple[str, bool] | None = None  # the last folder checked, and whether it is wholly hidden

    def add(self, layer: _OfLayer) -> None:
        for path, kind in layer.there.items():
            self._all.there[path] = max(kind, self._all.there.get(path, kind))
        self._all.removed |= layer.removed
        self._all.opaque |= layer.opaque
        self._folder = None

    def covers(self, entry: LayerEntry) -> bool:
        above = self._all.there.get(entry.path)
        if above is not None and (above is not _Above.IMPLIED or entry.kind is not EntryKind.DIRECTORY):
            return True
        if entry.path in self._all.removed:
            return True
        folder, slash, _ = entry.path.rpartition("/")
        if self._folder is None or folder != self._folder[0]:
            parts = folder.split("/") if slash else []
            hidden = any(self._hides_below("/".join(parts[:depth])) for depth in range(len(parts) + 1))
            self._folder = (folder, hidden)
        return self._folder[1] and entry.path != ""

    def _hides_below(self, path: str) -> bool:
        there = self._all
        return path in there.opaque or path in there.removed or there.there.get(path) is _Above.OTHER
