"""Reads the members of a zip archive in one pass over a stream, without the directory at its end.

Format: PKWARE's APPNOTE.TXT 6.3. If a stored member has its length only after its content, its end can't be found. Its
bytes are then left to the search of the archive itself.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from confcontract.image.entry import ByteStream
from confcontract.image.image_fault import COPY_AGAIN, ImageFault
from confcontract.image.verified import CHUNK, drain

SIGNATURE = b"PK\x03\x04"
_DIRECTORY = b"PK\x01\x02"
_HEADER = struct.Struct("<4sHHHHHIIIHH")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _LENGTH_FOLLOWS = 0x1, 0x8
_ZIP64, _ZIP64_LENGTHS = 0xFFFFFFFF, 0x0001


class ZipMember(NamedTuple):
    """stream: None if the content can't be read: it is encrypted, or packed in an unusual way."""

    name: str
    stream: ByteStream | None


def zip_members(source: ByteStream) -> Iterator[ZipMember]:
    """Each member can be read until the next one. Raises ImageFault if the archive ends within a member."""
    held = _Held(source)
    while held.seek(SIGNATURE, until=_DIRECTORY):
        header = _HEADER.unpack(held.exactly(_HEADER.size))
        _, _, flags, method, _, _, _, packed, length, name_length, extra_length = header
        name = held.exactly(name_length).decode("utf-8", "replace")
        extra = held.exactly(extra_length)
        if packed == _ZIP64:
            packed = _zip64(extra, length == _ZIP64)
        unreadable = flags & _ENCRYPTED or method not in (_STORED, _DEFLATED)
        if flags & _LENGTH_FOLLOWS and (unreadable or method == _STORED):
            yield ZipMember(name, None if unreadable else _Nothing())
        elif unreadable:
            yield ZipMember(name, None)
            drain(_Stored(held, packed))
        else:
            stream = _Deflated(held) if method == _DEFLATED else _Stored(held, packed)
            yield ZipMember(name, stream)
            drain(stream)


def _zip64(extra: bytes, with_length: bool) -> int:
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == _ZIP64_LENGTHS:
            lengths = extra[4 : 4 + size][8 if with_length else 0 :][:8]
            return int.from_bytes(lengths, "little")
        extra = extra[4 + size :]
    return 0


class _Held:
    """A stream of which some bytes were read and not used."""

    def __init__(self, source: ByteStream) -> None:
        self._source = source
        self._bytes = b""

    def some(self, size: int) -> bytes:
        if not self._bytes:
            self._bytes = self._source.read(CHUNK)
        piece, self._bytes = self._bytes[:size], self._bytes[size:]
        return piece

    def give_back(self, rest: bytes) -> None:
        self._bytes = rest + self._bytes

    def exactly(self, size: int) -> bytes:
        pieces, left = [], size
        while left and (piece := self.some(left)):
            pieces.append(piece)
            left -= len(piece)
        if left:
            raise ImageFault("the archive ends within a member", COPY_AGAIN)
        return b"".join(pieces)

    def seek(self, signature: bytes, until: bytes) -> bool:
        """Skips to `signature`; False if `until` comes first, or the stream ends."""
        window = b""
        while piece := self.some(CHUNK):
            window += piece
            at, end = window.find(signature), window.find(until)
            if end >= 0 and (at < 0 or end < at):
                return False
            if at >= 0:
                self.give_back(window[at:])
                return True
            window = window[-(len(signature) - 1) :]
        return False


class _Nothing:
    def read(self, size: int, /) -> bytes:
        return b""


class _Stored:
    def __init__(self, held: _Held, size: int) -> None:
        self._held = held
        self._left = size

    def read(self, size: int, /) -> bytes:
        if not self._left:
            return b""
        piece = self._held.some(min(size, self._left))
        if not piece:
            raise ImageFault("the archive ends within a member", COPY_AGAIN)
        self._left -= len(piece)
        return piece


class _Deflated:
    """A deflated member, which marks its own end."""

    def __init__(self, held: _Held) -> None:
        self._held = held
        self._state = zlib.decompressobj(-15)
        self._input = b""
        self._ended = False

    def read(self, size: int, /) -> bytes:
        while not self._ended:
            given = self._input or self._held.some(CHUNK)
            try:
                out = self._state.decompress(given, size)
            except zlib.error as error:
                raise ImageFault(f"a member of the archive is damaged: {error}", COPY_AGAIN) from None
            self._input = self._state.unconsumed_tail
            self._ended = self._state.eof
            if self._ended:
                self._held.give_back(self._state.unused_data)
            if out:
                return out
            if not (given or self._ended):
                raise ImageFault("the archive ends within a member", COPY_AGAIN)
        return b""
