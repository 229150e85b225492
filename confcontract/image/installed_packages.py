"""Finds the Python distributions installed in an image, and its operating system, in one walk through the layers.

Formats: the `.dist-info` folders of the packaging specifications ("Recording installed projects"), the older
`.egg-info`, which Debian's packages have, and os-release(5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from confcontract.image.entry import EntryKind, ImageLayer, LayerEntry
from confcontract.image.layer_walk import WalkedEntry, walk_layers

Release = tuple[str, str]  # a normalized name, and a version

FILE_BYTES = 1024 * 1024  # of one metadata file; the rest is not read
_MOST = 20_000  # distributions; the rest is not counted
_FILES = re.compile(
    r"(?P<folder>.+\.dist-info)/(?P<file>METADATA|INSTALLER|direct_url\.json)"
    r"|(?P<egg>.+\.egg-info)(?:/PKG-INFO)?"
)
_OS_RELEASE = ("etc/os-release", "usr/lib/os-release")
_VENDORED = ("_vendor", "_vendored")  # copies inside another distribution, which is the installed one


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """name, version: from its metadata. folder: of its metadata, from the root of the image, without a leading slash.

    layer: the number of the layer that has the metadata, from 0 for the oldest. files: the contents of METADATA or
    PKG-INFO (headers only), INSTALLER and direct_url.json, by file name, if present.
    """

    name: str
    version: str
    folder: str
    layer: int
    files: Mapping[str, bytes]

    @property
    def normalized(self) -> str:
        """The name, normalized as PEP 503 requires for comparison."""
        return normalized(self.name)

    @property
    def environment(self) -> str:
        """The folder that Python imports the distribution from, usually site-packages."""
        return self.folder.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class InstalledSoftware:
    """packages: sorted by folder and name. os_release: its variables, empty if there is no such file."""

    packages: Sequence[InstalledPackage]
    os_release: Mapping[str, str]

    def beside(self, name: str) -> list[InstalledPackage]:
        """The packages in the environments that also hold the distribution of this name."""
        places = {each.environment for each in self.packages if each.normalized == normalized(name)}
        return [each for each in self.packages if each.environment in places]


def normalized(name: str) -> str:
    """Normalizes the name of a distribution as PEP 503 requires for comparison."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_software(layers: Sequence[ImageLayer]) -> InstalledSoftware:
    """For callers that need nothing else from the layers. Raises ImageFault."""
    collected = PackageCollector()
    for walked in walk_layers(layers):
        collected.take(walked)
    return collected.software(layers)


class PackageCollector:
    """Collects package files during a walk; `software` evaluates them afterwards."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, _Piece]] = {}
        self._links: dict[int, dict[str, list[str]]] = {}  # per layer: the file that hard links share → their paths

    def take(self, walked: WalkedEntry) -> None:
        """Takes each entry of the walk, before anything else reads it."""
        entry = walked.entry
        if not walked.visible or not is_about_packages(entry.path) or len(self._found) > 4 * _MOST:
            return
        if entry.kind is EntryKind.FILE:
            piece = _Piece(headers_only=entry.path.endswith(("/METADATA", "/PKG-INFO", ".egg-info")))
            self._found[entry.path] = (walked.layer, piece)
            walked.tap(piece.take)
        elif entry.kind is EntryKind.HARDLINK:
            self._found.pop(entry.path, None)
            self._links.setdefault(walked.layer, {}).setdefault(entry.link, []).append(entry.path)

    def software(self, layers: Sequence[ImageLayer]) -> InstalledSoftware:
        """Walks a second time through layers in which such files are hard links to other files. Raises ImageFault."""
        for number, links in self._links.items():
            self._read_links(layers[number], number, links)
        files: dict[str, dict[str, bytes]] = {}
        numbers: dict[str, int] = {}
        for path, (layer, piece) in self._found.items():
            matched = _FILES.fullmatch(path)
            if matched is None:
                continue
            folder = matched["folder"] or matched["egg"]
            files.setdefault(folder, {})[matched["file"] or "PKG-INFO"] = piece.content
            if matched["file"] in ("METADATA", None):
                numbers[folder] = layer
        packages = [_package(folder, layer, files[folder]) for folder, layer in numbers.items()]
        return InstalledSoftware(
            sorted(packages, key=lambda each: (each.environment, each.normalized, each.folder)), self._os_release()
        )

    def _read_links(self, layer: ImageLayer, number: int, links: Mapping[str, Iterable[str]]) -> None:
        for entry in layer.entries():
            paths = links.get(entry.path, ()) if entry.kind is EntryKind.FILE else ()
            if paths:
                piece = _Piece(headers_only=any(not path.endswith(".json") for path in paths))
                _pour(entry, piece.take)
                self._found |= dict.fromkeys(paths, (number, piece))

    def _os_release(self) -> dict[str, str]:
        for path in _OS_RELEASE:
            if path in self._found:
                text = self._found[path][1].content.decode("utf-8", "replace")
                pairs = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
                return {name.strip(): _unquoted(value) for name, equals, value in pairs if equals}
        return {}


def is_about_packages(path: str) -> bool:
    """Whether `PackageCollector` reads the file at this path."""
    if path in _OS_RELEASE:
        return True
    return bool(_FILES.fullmatch(path)) and not any(part in _VENDORED for part in path.split("/"))


class _Piece:
    """The beginning of a file. For metadata only the headers, since a description may be long."""

    def __init__(self, *, headers_only: bool) -> None:
        self._headers_only = headers_only
        self._bytes = bytearray()
        self._full = False

    def take(self, piece: bytes) -> None:
        if self._full:
            return
        self._bytes += piece[: FILE_BYTES - len(self._bytes)]
        end = re.search(rb"\r?\n\r?\n", self._bytes) if self._headers_only else None
        if end is not None:
            del self._bytes[end.start() + 1 :]
        self._full = end is not None or len(self._bytes) >= FILE_BYTES

    @property
    def content(self) -> bytes:
        return bytes(self._bytes)


def _pour(entry: LayerEntry, take: Callable[[bytes], None]) -> None:
    while piece := entry.read(64 * 1024):
        take(piece)


def _package(folder: str, layer: int, files: Mapping[str, bytes]) -> InstalledPackage:
    from email.parser import BytesHeaderParser

    headers = BytesHeaderParser().parsebytes(files.get("METADATA") or files.get("PKG-INFO") or b"")
    named = folder.rpartition("/")[2].removesuffix(".dist-info").removesuffix(".egg-info").split("-")
    name = str(headers["Name"] or named[0]).strip()
    version = str(headers["Version"] or (named[1] if len(named) > 1 else "")).strip()
    return InstalledPackage(name, version, folder, layer, files)


def _unquoted(value: str) -> str:
    import shlex

    try:
        return "".join(shlex.split(value))
    except ValueError:
        return value.strip()
