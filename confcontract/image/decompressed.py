"""Decompresses a stored layer to its tar. The first bytes decide whether it is gzip, zstd or uncompressed.

Media types state the same, but builders have mixed them up, and every other reader looks at the bytes.
"""

from __future__ import annotations

import zlib
from typing import Any

from confcontract.image.entry import ByteStream
from confcontract.image.image_fault import COPY_AGAIN, ImageFault
from confcontract.image.verified import CHUNK

# A stream that decompresses to more than this size, and by more than this ratio, was made to fill disks. gzip reaches a
# ratio of 1,032 with zeros alone; layers of programs and texts stay below 20.
SUSPICIOUS_BYTES = 1024 * 1024 * 1024
SUSPICIOUS_RATIO = 200
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
COMPRESSED = (_GZIP, _ZSTD)  # the first bytes of the formats that `decompressed` reads
_WINDOW_LOG = 27  # 128 MiB, the default limit of zstd itself; a larger window needs as much memory


class Pushback:
    """A stream whose first bytes were read and put back."""

    def __init__(self, head: bytes, rest: ByteStream) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        if self._head:
            piece, self._head = self._head[:size], self._head[size:]
            return piece
        return self._rest.read(size)


def decompressed(source: ByteStream, name: str) -> ByteStream:
    """name: the layer's name in messages. Raises ImageFault, also while the stream is read."""
    head = b""
    while len(head) < len(_ZSTD) and (piece := source.read(CHUNK)):
        head += piece
    again = Pushback(head, source)
    if head.startswith(_GZIP):
        return Decompressed(again, name, _GzipMember)
    if head.startswith(_ZSTD):
        return Decompressed(again, name, _zstd())
    return again


class _GzipMember:
    """One gzip member, with the interface of zstd's decompressor."""

    def __init__(self) -> None:
        self._state = zlib.decompressobj(31)
        self._left = b""

    def decompress(self, data: bytes, size: int) -> bytes:
        out = self._state.decompress(self._left + data, size)
        self._left = self._state.unconsumed_tail
        return out

    @property
    def needs_input(self) -> bool:
        return not self._left

    @property
    def eof(self) -> bool:
        return self._state.eof

    @property
    def unused_data(self) -> bytes:
        return self._state.unused_data


def _zstd() -> Any:
    """Returns a factory of decompressors, one for each frame."""
    try:
        import sys

        if sys.version_info >= (3, 14):
            from compression.zstd import DecompressionParameter, ZstdDecompressor
        else:
            from backports.zstd import DecompressionParameter, ZstdDecompressor
    except ImportError:
        what = "a layer is compressed with zstd, which Python reads without a package only from 3.14"
        raise ImageFault(what, "install confcontract[zstd] where this command runs") from None
    return lambda: ZstdDecompressor(options={DecompressionParameter.window_log_max: _WINDOW_LOG})


class Decompressed:
    """Decompresses members or frames one after another. Holds at most one piece in memory."""

    def __init__(self, source: ByteStream, name: str, member: Any) -> None:
        self._source = source
        self._name = name
        self._new_member = member
        self._member: Any = member()
        self._input = b""
        self._taken = 0
        self._given = 0

    def read(self, size: int, /) -> bytes:
        while True:
            if self._member is None or (not self._input and self._member.needs_input):
                if not self._input:
                    self._input = self._source.read(CHUNK)
                    self._taken += len(self._input)
                if self._member is None:
                    self._input = self._input.lstrip(b"\0")  # zeros may follow a gzip member as padding
                    if self._input:
                        self._member = self._new_member()
                    elif not self._more():
                        return b""
                    continue
            at_end = not self._input and self._member.needs_input
            out = self._step(size)  # also at the end: the decompressor may still hold output
            if self._member.eof:
                self._input, self._member = self._member.unused_data, None
            if out:
                self._given += len(out)
                if self._given > SUSPICIOUS_BYTES and self._given > SUSPICIOUS_RATIO * self._taken:
                    what = f"{self._name} decompresses to more than {SUSPICIOUS_RATIO} times its size"
                    raise ImageFault(what, "don't run this image: its layer would fill the disk")
                return out
            if at_end and self._member is not None:
                raise ImageFault(f"{self._name} is truncated: its compressed data has no end", COPY_AGAIN)

    def _more(self) -> bool:
        self._input = self._source.read(CHUNK)
        self._taken += len(self._input)
        return bool(self._input)

    def _step(self, size: int) -> bytes:
        given, self._input = self._input, b""
        try:
            out: bytes = self._member.decompress(given, size)
        except Exception as error:  # each library raises a class of its own
            if isinstance(error, MemoryError):
                raise
            raise ImageFault(f"{self._name} is damaged: {error}", COPY_AGAIN) from None
        return out
