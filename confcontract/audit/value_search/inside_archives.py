"""A stream is searched, and if it is an archive or compressed, what is in it as well: never unpacked, never held.

Limits keep an archive that was made to fill memory or time from doing so: of what is nested deeper, or grows beyond
them, the bytes are searched as they are, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from confcontract.audit.value_search.needles import Needles, Occurrence, StreamSearch
from confcontract.audit.value_search.zip_members import SIGNATURE, zip_members
from confcontract.image.decompressed import COMPRESSED, Decompressed, Pushback, decompressed
from confcontract.image.entry import ByteStream
from confcontract.image.image_fault import COPY_AGAIN, ImageFault
from confcontract.image.tar_entries import members
from confcontract.image.verified import CHUNK, drain

ARCHIVES = 2  # archives in one another that are looked into
WRAPPINGS = 4  # compressions and archives together
INSIDE_BYTES = 1024 * 1024 * 1024  # that one file may grow to, and
INSIDE_RATIO = 50  # so many times what was read of it
TOTAL_BYTES = 8 * 1024 * 1024 * 1024  # that all insides of one image may have, and
TOTAL_RATIO = 10  # so many times what was read of it
_HEAD = 512  # bytes of the beginning, by which the kind is known: a header of tar
_XZ, _BZIP2 = b"\xfd7zXZ\x00", b"BZh"
_USTAR, _USTAR_AT = b"ustar", 257  # of POSIX and of GNU; older headers have no sign
_XZ_BYTES = 24 * 1024 * 1024  # of memory: `xz -6` needs 9 MiB, `xz -9` 65
_SCRIPT = b"#!"  # of a zip application: its first line names the interpreter

Take = Callable[[str, list[Occurrence]], None]
Say = Callable[[str], None]
_Kind = Callable[[ByteStream], Iterator[tuple[str, ByteStream | None]]]


class _Limit(Exception):
    """Nothing more of this file is looked into."""


class _LayerFault(Exception):
    """What is wrong with the layer that the file comes from, not with the file."""

    def __init__(self, fault: ImageFault) -> None:
        super().__init__(fault.what)
        self.fault = fault


class InsideSearch:
    """For all files of one image."""

    def __init__(self, needles: Needles) -> None:
        self.needles = needles
        self.read = 0  # bytes of files
        self.inside = 0  # bytes of what was in them

    def search(self, source: ByteStream, take: Take, say: Say) -> None:
        """Read it to its end. take: gets the path within archives, "" for the file itself, and what was found there.

        say: gets why something was not looked into. Raises ImageFault where the source does.
        """
        one = _OneFile(self, take, say)
        searched = _Searched(_Outer(source, one), self.needles.stream())
        try:
            try:
                one.look(searched, "", 0, 0)
            except _Limit as limit:
                say(str(limit))
            drain(searched)
        except _LayerFault as error:
            raise error.fault from None
        if searched.found:
            take("", searched.found)


class _OneFile:
    def __init__(self, image: InsideSearch, take: Take, say: Say) -> None:
        self._image = image
        self._take = take
        self._say = say
        self._read = 0
        self._inside = 0

    def count_read(self, size: int) -> None:
        self._read += size
        self._image.read += size

    def count_inside(self, size: int) -> None:
        self._inside += size
        self._image.inside += size
        if self._inside > INSIDE_BYTES and self._inside > INSIDE_RATIO * self._read:
            raise _Limit(f"it expands to more than {INSIDE_RATIO} times its size")
        if self._image.inside > TOTAL_BYTES and self._image.inside > TOTAL_RATIO * self._image.read:
            raise _Limit("the archives of this image expand to more than the limit for searching")

    def look(self, source: _Searched, path: str, archives: int, wrappings: int) -> None:
        """What the source holds, if it is an archive. path: within archives so far."""
        head = _beginning(source)
        kind = _kind(head)
        if kind is None:
            return
        is_archive = kind in (_tar, _zip)
        if wrappings >= WRAPPINGS or (is_archive and archives >= ARCHIVES):
            self._say(_about(path, "what is in it is nested too deeply"))
            return
        try:
            for name, inner in kind(Pushback(head, source)):
                within = (f"{path}!{name}" if path else name) if is_archive else path
                if is_archive and (named := self._image.needles.in_text(name)):
                    self._take(within, named)
                if inner is None:
                    self._say(_about(within, "it is encrypted, or packed in an unusual way"))
                else:
                    self._inner(_Inner(inner, self), within, archives + is_archive, wrappings + 1)
        except ImageFault as fault:
            self._say(_about(path, fault.what))

    def _inner(self, source: ByteStream, path: str, archives: int, wrappings: int) -> None:
        searched = _Searched(source, self._image.needles.stream())
        try:
            self.look(searched, path, archives, wrappings)
            drain(searched)
        finally:
            if searched.found:
                self._take(path, searched.found)


class _Searched:
    """A stream whose bytes are searched as somebody reads them."""

    def __init__(self, source: ByteStream, search: StreamSearch) -> None:
        self._source = source
        self._search = search

    def read(self, size: int, /) -> bytes:
        piece = self._source.read(size)
        if piece:
            self._search.take(piece)
        return piece

    @property
    def found(self) -> list[Occurrence]:
        return self._search.found


class _Outer:
    def __init__(self, source: ByteStream, counted: _OneFile) -> None:
        self._source = source
        self._counted = counted

    def read(self, size: int, /) -> bytes:
        try:
            piece = self._source.read(size)
        except ImageFault as fault:
            raise _LayerFault(fault) from None
        self._counted.count_read(len(piece))
        return piece


class _Inner:
    def __init__(self, source: ByteStream, counted: _OneFile) -> None:
        self._source = source
        self._counted = counted

    def read(self, size: int, /) -> bytes:
        piece = self._source.read(size)
        self._counted.count_inside(len(piece))
        return piece


def _about(path: str, what: str) -> str:
    return f"{path}: {what}" if path else what


def _beginning(source: ByteStream) -> bytes:
    head = b""
    while len(head) < _HEAD and (piece := source.read(CHUNK if head else _HEAD)):
        head += piece
    return head


def _kind(head: bytes) -> _Kind | None:
    if head.startswith(COMPRESSED):
        return _packed
    if head.startswith(_XZ):
        return _xz
    if head.startswith(_BZIP2):
        return _bzip2
    if head.startswith(_USTAR, _USTAR_AT):
        return _tar
    if head.startswith(SIGNATURE) or (head.startswith(_SCRIPT) and SIGNATURE in head):
        return _zip
    return None


def _packed(source: ByteStream) -> Iterator[tuple[str, ByteStream | None]]:
    yield "", decompressed(source, "it")


def _xz(source: ByteStream) -> Iterator[tuple[str, ByteStream | None]]:
    from lzma import LZMADecompressor

    yield "", Decompressed(source, "it", lambda: LZMADecompressor(memlimit=_XZ_BYTES))


def _bzip2(source: ByteStream) -> Iterator[tuple[str, ByteStream | None]]:
    from bz2 import BZ2Decompressor

    yield "", Decompressed(source, "it", BZ2Decompressor)


def _tar(source: ByteStream) -> Iterator[tuple[str, ByteStream | None]]:
    for member, archive in members(source, "it"):
        if member.isreg() and not member.issparse():
            yield member.name, _TarContent(archive.extractfile(member))


class _TarContent:
    """Of a member. Raises ImageFault where tarfile has errors of its own."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def read(self, size: int, /) -> bytes:
        from tarfile import TarError

        try:
            piece: bytes = self._file.read(size)
        except TarError:
            raise ImageFault("it is truncated within a member", COPY_AGAIN) from None
        return piece


def _zip(source: ByteStream) -> Iterator[tuple[str, ByteStream | None]]:
    for member in zip_members(source):
        yield member.name, member.stream
