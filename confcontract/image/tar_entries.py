"""Reads the entries of a tar in one pass over a stream. Python's tarfile parses the headers. It reads only the bytes of
a header and keeps no members."""

from __future__ import annotations

import posixpath
import tarfile
from collections.abc import Iterator
from typing import Any, cast

from confcontract.image.entry import ByteStream, EntryKind, LayerEntry
from confcontract.image.image_fault import BUILD_AGAIN, COPY_AGAIN, ImageFault
from confcontract.image.verified import CHUNK

HEADER_BYTES = 1024 * 1024  # per entry, with its extended attributes and long names
_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_AUFS = ".wh..wh."  # the prefix of the internal files of aufs
_KINDS = {
    **dict.fromkeys(tarfile.REGULAR_TYPES, EntryKind.FILE),
    tarfile.DIRTYPE: EntryKind.DIRECTORY,
    tarfile.SYMTYPE: EntryKind.SYMLINK,
    tarfile.LNKTYPE: EntryKind.HARDLINK,
}


class ForwardFile:
    """The file interface that tarfile needs, over a forward-only stream."""

    def __init__(self, source: ByteStream, name: str) -> None:
        self._source = source
        self._name = name
        self._at = 0
        self._held = b""
        self._used = 0  # bytes already used of those held
        self._left: int | None = None  # bytes left for the current header
        self.last = b""

    def begin_header(self) -> None:
        self._left = HEADER_BYTES

    def end_header(self) -> None:
        self._left = None

    def tell(self) -> int:
        return self._at

    def seek(self, position: int, whence: int = 0) -> int:
        if whence or position < self._at:
            raise ImageFault(f"{self._name} is damaged: an entry has an impossible size", COPY_AGAIN)
        while self._at < position and (held := self._fill()):
            step = min(held, position - self._at)
            self._used += step
            self._at += step
        return self._at

    def read(self, size: int = -1) -> bytes:
        if self._left is not None:
            if not 0 <= size <= self._left:
                raise ImageFault(f"{self._name} has an entry whose header is larger than 1 MiB", BUILD_AGAIN)
            self._left -= size
        pieces, wanted = [], size
        while wanted and (piece := self._piece(wanted)):
            pieces.append(piece)
            wanted -= len(piece)
        found = b"".join(pieces)
        self._at += len(found)
        self.last = found
        return found

    def _piece(self, size: int) -> bytes:
        step = min(self._fill(), size)
        self._used += step
        return self._held[self._used - step : self._used]

    def _fill(self) -> int:
        """Returns how many held bytes are unused. tarfile reads 512 bytes at a time; the stream is read in larger
        pieces."""
        if self._used == len(self._held):
            self._held, self._used = self._source.read(CHUNK), 0
        return len(self._held) - self._used


def members(source: ByteStream, name: str) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    """Returns each member, readable until the next one. Raises ImageFault."""
    file = ForwardFile(source, name)
    archive: tarfile.TarFile | None = None
    while True:
        file.begin_header()
        try:
            if archive is None:
                archive = tarfile.TarFile(fileobj=cast(Any, file), mode="r", errors="surrogateescape")
            member = archive.next()
        except ImageFault:
            raise
        except (tarfile.TarError, ValueError, OverflowError, RecursionError, LookupError, OSError) as error:
            raise ImageFault(f"{name} is not a valid tar archive: {error}", COPY_AGAIN) from None
        file.end_header()
        archive.members.clear()  # type: ignore[attr-defined]
        if member is None:
            if file.last.strip(b"\0"):
                raise ImageFault(
                    f"{name} is not a valid tar archive: it ends within an entry, or other data follows", COPY_AGAIN
                )
            return
        yield member, archive


def tar_entries(source: ByteStream, name: str) -> Iterator[LayerEntry]:
    """The entries of a layer, with whiteouts marked as such. Raises ImageFault."""
    for member, archive in members(source, name):
        path = inside(member.name, name)
        folder, _, last = path.rpartition("/")
        if last == _OPAQUE:
            yield LayerEntry(folder, EntryKind.OPAQUE, notes=_notes(member, archive))
        elif last.startswith(_AUFS):
            continue
        elif last.startswith(_WHITEOUT):
            removed = posixpath.join(folder, last.removeprefix(_WHITEOUT))
            yield LayerEntry(removed, EntryKind.WHITEOUT, notes=_notes(member, archive))
        else:
            yield _entry(member, archive, path, name)


def _entry(member: tarfile.TarInfo, archive: tarfile.TarFile, path: str, name: str) -> LayerEntry:
    kind = EntryKind.FILE if member.isreg() else _KINDS.get(member.type, EntryKind.OTHER)
    link = inside(member.linkname, name) if kind is EntryKind.HARDLINK else member.linkname
    return LayerEntry(
        path,
        kind,
        link if kind in (EntryKind.SYMLINK, EntryKind.HARDLINK) else "",
        member.size if kind is EntryKind.FILE else 0,
        member.mode,
        member.uid,
        member.gid,
        float(member.mtime),
        _Content(member, archive, name).read,
        _notes(member, archive),
    )


def _notes(member: tarfile.TarInfo, archive: tarfile.TarFile) -> str:
    names = f"{member.uname}\n{member.gname}"
    extended = member.pax_headers or archive.pax_headers  # a member's own headers include those of the archive
    return "\n".join([names, *(f"{name}={value}" for name, value in extended.items())]) if extended else names


class _Content:
    """The content of one member, opened at its first read."""

    __slots__ = ("_archive", "_file", "_member", "_name")

    def __init__(self, member: tarfile.TarInfo, archive: tarfile.TarFile, name: str) -> None:
        self._member = member
        self._archive = archive
        self._name = name
        self._file: Any = None

    def read(self, size: int) -> bytes:
        if not self._member.isreg():
            return b""
        try:
            self._file = self._file or self._archive.extractfile(self._member)
            piece: bytes = self._file.read(size)
        except tarfile.TarError:
            raise ImageFault(f"{self._name} is truncated within {self._member.name}", COPY_AGAIN) from None
        return piece


def inside(path: str, name: str) -> str:
    """The path from the root of the image, without a leading slash. Raises ImageFault for a path that leads out of
    it."""
    if "\0" not in path:
        cleaned = posixpath.normpath(f"./{path}")
        if path.startswith("/"):
            cleaned = posixpath.normpath("/" + path.lstrip("/")).lstrip("/")
        if cleaned != ".." and not cleaned.startswith("../"):
            return "" if cleaned == "." else cleaned
    shown = ascii(path[:100])
    raise ImageFault(f"{name} has an entry that points outside of the image: {shown}", "don't run this image")
