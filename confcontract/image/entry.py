"""The entries of a layer and the parts of an image, as plain data whose content is read as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol


class ByteStream(Protocol):
    def read(self, size: int, /) -> bytes:
        """Returns at most `size` bytes, and none only at the end."""


class EntryKind(Enum):
    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    HARDLINK = "hard link"
    OTHER = "device, FIFO or socket"
    WHITEOUT = "whiteout"  # removes what older layers have at this path
    OPAQUE = "opaque directory"  # removes what older layers have below this path


@dataclass(frozen=True, slots=True)
class LayerEntry:
    """path: from the root of the image, without a leading slash; "" is the root itself.

    link: the target of a symbolic link, as written; for a hard link, the path. mtime: seconds since 1970.
    notes: the names of owner and group, and the extended header with its attributes, as in the tar.
    read: the content of a file, piece by piece; valid only until the next entry is requested.
    """

    path: str
    kind: EntryKind
    link: str = ""
    size: int = 0
    mode: int = 0
    uid: int = 0
    gid: int = 0
    mtime: float = 0.0
    read: Callable[[int], bytes] = lambda _: b""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class ImageLayer:
    """digest, size: of the layer as it is stored or sent; size in bytes, None if it is not known.

    instruction: of the Dockerfile, from the image's history; "" if the history has none for this layer.
    entries: reads the layer once, oldest entry first. Reading to the end verifies the digest that the image names.
    Raises ImageFault.
    held_entries: the same, but also verifies the uncompressed layer against the configuration, which takes longer; None
    if the configuration names no digest beyond the one that `entries` verifies.
    """

    digest: str
    size: int | None
    instruction: str
    entries: Callable[[], Iterator[LayerEntry]]
    held_entries: Callable[[], Iterator[LayerEntry]] | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """digest: of the manifest, "" if there is none. config: the image's configuration, parsed from JSON.

    layers: oldest first. config_digest: of the configuration, by which Docker identifies an image.
    annotations: names and values, of the manifest and of the documents that it names, by where they were found.
    """

    digest: str
    config: Mapping[str, Any]
    layers: Sequence[ImageLayer]
    config_digest: str
    annotations: Sequence[tuple[str, str, str]] = ()

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings that a container starts with: Env, Entrypoint, Cmd, User, Labels and others."""
        settings = self.config.get("config")
        return settings if isinstance(settings, dict) else {}

    @property
    def variables(self) -> list[str]:
        """The variables that the image sets, as NAME=value."""
        found = self.settings.get("Env")
        return [str(each) for each in found] if isinstance(found, list) else []

    def words(self, name: str) -> list[str]:
        """The words of one of the image's commands: `Entrypoint`, `Cmd`, `Healthcheck`."""
        found = self.settings.get(name)
        found = found.get("Test") if isinstance(found, dict) else found
        return [str(each) for each in found] if isinstance(found, list) else [str(found)] if found else []

    @property
    def labels(self) -> dict[str, str]:
        labels = self.settings.get("Labels")
        return {str(name): str(value) for name, value in labels.items()} if isinstance(labels, dict) else {}
