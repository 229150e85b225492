"""Finds one file as a container would see it. The newest layer wins, removed files are hidden, and links lead to other
files of the image, never out of it.

Layers are read newest first, each in one pass, and only as far as needed: if the last layer has the file, no other
layer is read. As on an overlay, every parent of an entry is a directory in its layer, even if the layer does not list
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from confcontract.image.entry import EntryKind, ImageLayer, LayerEntry
from confcontract.image.image_fault import ImageFault
from confcontract.image.verified import CHUNK

MAX_LINKS = 40  # the kernel's limit
MAX_PATH = 4096  # counted in characters; the kernel counts bytes
_REMOVES = (EntryKind.WHITEOUT, EntryKind.OPAQUE)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """layer: its number, from 0 for the oldest. path: with all links resolved, with a leading slash."""

    content: bytes
    layer: int
    path: str


def find_file(layers: Sequence[ImageLayer], path: str, limit: int) -> FoundFile | None:
    """Returns the file, or None if the image has nothing at this path. limit: of its content, in bytes. Raises
    ImageFault."""
    wanted = _resolved([], path)
    newest = len(layers) - 1
    seen: set[tuple[str, int]] = set()  # a cycle would otherwise be followed 40 times, each time through all layers
    for _ in range(MAX_LINKS + 1):
        found = _search(layers, newest, wanted, limit)
        if not isinstance(found, _Onward):
            return found
        wanted, newest = found.path, len(layers) - 1 if found.layer is None else found.layer
        step = ("/".join(wanted), newest)
        if step in seen:
            raise ImageFault(f"{path[:150]} leads to links that refer to each other", "use the path of the file itself")
        seen.add(step)
    raise ImageFault(f"{path[:150]} leads through more than {MAX_LINKS} links", "use the path of the file itself")


@dataclass(frozen=True, slots=True)
class _Onward:
    """layer: the newest layer that may hold a hard link's file; None for a symbolic link, whose target may be in
    any."""

    path: list[str]
    layer: int | None


def _search(layers: Sequence[ImageLayer], newest: int, wanted: list[str], limit: int) -> FoundFile | _Onward | None:
    directories: set[int] = set()  # the parts of the path, by depth, that are known to be directories
    for number in range(newest, -1, -1):
        looked = _Look(wanted, limit)
        for entry in layers[number].entries():
            looked.take(entry)
        for depth in sorted(looked.found):
            entry = looked.found[depth]
            if depth < len(wanted):
                if entry.kind is EntryKind.DIRECTORY:
                    directories.add(depth)
                elif entry.kind is EntryKind.SYMLINK and depth not in directories:
                    return _Onward(_resolved(wanted[: depth - 1], entry.link) + wanted[depth:], None)
                else:
                    return None
            elif entry.kind is EntryKind.SYMLINK:
                return _Onward(_resolved(wanted[:-1], entry.link), None)
            elif entry.kind is EntryKind.HARDLINK:
                return _Onward(entry.link.split("/"), number)
            elif entry.kind is EntryKind.FILE:
                return FoundFile(looked.content, number, "/" + "/".join(wanted))
            else:
                return None
        if looked.removed:
            return None
    return None


class _Look:
    """What one layer has at a path and at its parents. If a path has two entries, the later one wins."""

    def __init__(self, wanted: list[str], limit: int) -> None:
        self._depths = {"/".join(wanted[:depth]): depth for depth in range(1, len(wanted) + 1)}
        self._above = [(path + "/", depth) for path, depth in self._depths.items()]
        self._full = len(wanted)
        self._limit = limit
        self.found: dict[int, LayerEntry] = {}
        self.content = b""
        self.removed = False

    def take(self, entry: LayerEntry) -> None:
        depth = self._depths.get(entry.path, 0)
        if entry.kind in _REMOVES:
            below = entry.kind is EntryKind.OPAQUE and (depth or not entry.path) and depth < self._full
            self.removed |= bool(below or (entry.kind is EntryKind.WHITEOUT and depth))
            return
        for start, above in self._above:
            if not entry.path.startswith(start):
                break
            self.found.setdefault(above, LayerEntry(start[:-1], EntryKind.DIRECTORY))
        if depth:
            self.found[depth] = entry
            if depth == self._full and entry.kind is EntryKind.FILE:
                self.content = self._content(entry)

    def _content(self, entry: LayerEntry) -> bytes:
        if entry.size > self._limit:
            raise ImageFault(f"/{entry.path} is larger than {self._limit} bytes", "name the intended file")
        pieces = []
        while piece := entry.read(CHUNK):
            pieces.append(piece)
        return b"".join(pieces)


def _resolved(folder: list[str], path: str) -> list[str]:
    """The parts of a path relative to a folder. The parent of the root is the root itself, as in a container."""
    if len(path) > MAX_PATH:
        raise ImageFault(
            f"a path in it is longer than {MAX_PATH} characters: {path[:50]}...", "correct the label or the link"
        )
    parts = [] if path.startswith("/") else list(folder)
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return parts
