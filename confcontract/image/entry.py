"""What a layer holds, and what an image is made of: plain data, and a way to read it as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol


class ByteStream(Protocol):
    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, and none only at the end."""


class EntryKind(Enum):
    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    HARDLINK = "hard link"
    OTHER = "device, FIFO or socket"
    WHITEOUT = "whiteout"  # what older layers have at this path is gone
    OPAQUE = "opaque directory"  # what older layers have below this path is gone


@dataclass(frozen=True, slots=True)
class LayerEntry:
    """path: from the root of the image, without a slash at its beginning; "" is the root itself.

    link: where a symbolic link leads, as it is written; of a hard link, the path. mtime: seconds since 1970.
    notes: names of owner and group, and the extended header with its attributes, as the tar has them.
    read: the content of a file, piece by piece; only until the next entry is asked for.
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
    """digest, size: of the layer as it is stored or sent; size in bytes, None where that is not known.

    instruction: of the Dockerfile, as the image's history has it; "" if it has none.
    entries: walks through the layer once, oldest entry first. Whoever goes to the end knows that the layer has the
    digest that the image names. Raises ImageFault.
    held_entries: the same, where the uncompressed layer is held against the configuration, too, which takes longer;
    None where nothing more is named than `entries` holds.
    """

    digest: str
    size: int | None
    instruction: str
    entries: Callable[[], Iterator[LayerEntry]]
    held_entries: Callable[[], Iterator[LayerEntry]] | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """digest: of the manifest, "" where there is none. config: the image's configuration, as JSON has it.

    layers: the oldest first. config_digest: of the configuration, by which Docker names an image.
    annotations: where they stand, name and value, of the manifest and of what it names.
    """

    digest: str
    config: Mapping[str, Any]
    layers: Sequence[ImageLayer]
    config_digest: str
    annotations: Sequence[tuple[str, str, str]] = ()

    @property
    def settings(self) -> Mapping[str, Any]:
        """What a container starts with: Env, Entrypoint, Cmd, User, Labels and others."""
        settings = self.config.get("config")
        return settings if isinstance(settings, dict) else {}

    @property
    def variables(self) -> list[str]:
        """NAME=value, as the image sets them."""
        found = self.settings.get("Env")
        return [str(each) for each in found] if isinstance(found, list) else []

    def words(self, name: str) -> list[str]:
        """Of a command that the image has: `Entrypoint`, `Cmd`, `Healthcheck`."""
        found = self.settings.get(name)
        found = found.get("Test") if isinstance(found, dict) else found
        return [str(each) for each in found] if isinstance(found, list) else [str(found)] if found else []

    @property
    def labels(self) -> dict[str, str]:
        labels = self.settings.get("Labels")
        return {str(name): str(value) for name, value in labels.items()} if isinstance(labels, dict) else {}
