"""Searches a stream and, if it is compressed or an archive, its content, without unpacking it or holding it as a whole.

Limits protect against archives that were made to fill memory or take endless time. If an archive is nested deeper or
grows beyond a limit, its bytes are searched as they are, and the report states that.
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

ARCHIVES = 2  # nested archives that are searched
WRAPPINGS = 4  # nested compressions and archives, together
INSIDE_BYTES = 1024 * 1024 * 1024  # the expanded size of one file may exceed this size
INSIDE_RATIO = 50  # only up to this multiple of the bytes read from it
TOTAL_BYTES = 8 * 1024 * 1024 * 1024  # the expanded size of all files of one image may exceed this size
TOTAL_RATIO = 10  # only up to this multiple of the bytes read from them
_HEAD = 512  # bytes read to detect the kind: a header of tar
_XZ, _BZIP2 = b"\xfd7zXZ\x00", b"BZh"
_USTAR, _USTAR_AT = b"ustar", 257  # of POSIX and of GNU; older headers have no magic number
_XZ_BYTES = 24 * 1024 * 1024  # memory limit: `xz -6` needs 9 MiB, `xz -9` 65
_SCRIPT = b"#!"  # a zip application: its first line names the interpreter

Take = Callable[[str, list[Occurrence]], None]
Say = Callable[[str], None]
_Kind = Callable[[ByteStream], Iterator[tuple[str, ByteStream | None]]]


class _Limit(Exception):
    """Stops the search inside this file."""


class _LayerFault(Exception):
    """A fault of the layer that contains the file, not of the file."""

    def __init__(self, fault: ImageFault) -> None:
        super().__init__(fault.what)
        self.fault = fault


class InsideSearch:
    """Holds the totals for all files of one image."""

    def __init__(self, needles: Needles) -> None:
        self.needles = needles
        self.read = 0  # bytes of files that were read
        self.inside = 0  # bytes that they expanded to

    def search(self, source: ByteStream, take: Take, say: Say) -> None:
        """Reads the source to its end. take: receives the path within archives, "" for the file itself, and the values
        found.

        say: receives the reason if something was not searched. Raises ImageFault if the source does.
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
        """Searches the content of the source, if it is an archive. path: within archives so far."""
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
    """A stream whose bytes are searched while they are read."""

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
    """The content of a member. Raises ImageFault for tarfile's own errors."""

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
