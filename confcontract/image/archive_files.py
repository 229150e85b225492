"""Reads a tar archive as a folder of files. It records where each file lies, so that no file has to be unpacked.

If the whole archive is compressed, as by `docker save | gzip`, it is decompressed from its beginning for each file that
is read. That takes more time, but no disk space.
"""

from __future__ import annotations

import posixpath
from contextlib import ExitStack

from confcontract.image.decompressed import Decompressed, decompressed
from confcontract.image.entry import ByteStream
from confcontract.image.file_source import opened
from confcontract.image.image_fault import COPY_AGAIN, ImageFault
from confcontract.image.tar_entries import inside, members
from confcontract.image.verified import CHUNK

MOST_FILES = 20_000  # an image needs a few for each layer
_NAME = "the archive"
_LINKS = 10


class ArchiveFiles:
    """Raises ImageFault."""

    def __init__(self, path: str, stack: ExitStack) -> None:
        self._path = path
        self._stack = stack
        self._places: dict[str, tuple[int, int]] = {}
        self._links: dict[str, str] = {}
        self._compressed = False
        self._list()

    def _open(self) -> tuple[ByteStream, bool]:
        file = opened(self._path, "name the file to which the image was saved")
        self._stack.callback(file.close)
        stream = decompressed(file, _NAME)
        return stream, isinstance(stream, Decompressed)

    def _list(self) -> None:
        stream, self._compressed = self._open()
        for member, _ in members(stream, _NAME):
            name = inside(member.name, _NAME)
            if member.issym() or member.islnk():
                folder = posixpath.dirname(name) if member.issym() else ""
                self._links[name] = inside(posixpath.join(folder, member.linkname), _NAME)
            elif member.isreg() and not member.issparse():
                self._places[name] = (member.offset_data, member.size)
            if len(self._places) + len(self._links) > MOST_FILES:
                raise ImageFault(f"it holds more than {MOST_FILES} files", "name an archive that contains an image")

    def __contains__(self, name: str) -> bool:
        return self._followed(name) in self._places

    def size(self, name: str) -> int:
        return self._places[self._followed(name)][1]

    def open(self, name: str) -> ByteStream:
        place = self._places.get(self._followed(name))
        if place is None:
            raise ImageFault(f"the archive does not have {name[:150]!a}, which the image names", COPY_AGAIN)
        offset, size = place
        if self._compressed:
            stream, _ = self._open()
            while offset and (piece := stream.read(min(offset, CHUNK))):
                offset -= len(piece)
            return _Part(stream, size)
        file = opened(self._path, COPY_AGAIN)
        self._stack.callback(file.close)
        file.seek(offset)
        return _Part(file, size)

    def _followed(self, name: str) -> str:
        for _ in range(_LINKS):
            if name not in self._links:
                break
            name = self._links[name]
        return name


class _Part:
    """The next bytes of a stream, as a stream of their own."""

    def __init__(self, source: ByteStream, size: int) -> None:
        self._source = source
        self._left = size

    def read(self, size: int, /) -> bytes:
        if not self._left:
            return b""  # decompressors take a request for 0 bytes as a request for all
        piece = self._source.read(min(size, self._left))
        self._left -= len(piece)
        return piece
