"""Verifies bytes against the digest and the size by which they were requested."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from confcontract.image.entry import ByteStream
from confcontract.image.image_fault import COPY_AGAIN, ImageFault

CHUNK = 256 * 1024
_FORM = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}", re.ASCII)


def is_digest(text: object) -> bool:
    """Whether the digest can be computed here. If so, its hexadecimal part is safe as the name of a file."""
    return isinstance(text, str) and _FORM.fullmatch(text) is not None


def digest_of_bytes(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class VerifiedStream:
    """Raises ImageFault if the bytes end early, are too many, or have another digest, at the latest at the end.

    size: in bytes, or None for any.
    """

    def __init__(self, source: ByteStream, digest: str, size: int | None, name: str) -> None:
        self._source = source
        self._digest = digest
        self._size = size
        self._name = name
        self._hash = hashlib.new(digest.partition(":")[0])
        self._read = 0
        self._ended = False

    def read(self, size: int, /) -> bytes:
        if self._ended:
            return b""
        piece = self._source.read(size)
        self._read += len(piece)
        if self._size is not None and self._read > self._size:
            self._refuse(f"is longer than the {self._size} bytes that the image names")
        if piece:
            self._hash.update(piece)
            return piece
        if self._size is not None and self._read < self._size:
            self._refuse(f"ends after {self._read} of {self._size} bytes")
        if self._hash.hexdigest() != self._digest.partition(":")[2]:
            self._refuse(f"has another digest than {self._digest}, by which the image names it")
        self._ended = True
        return b""

    def _refuse(self, what: str) -> None:
        raise ImageFault(f"{self._name} {what}", f"do not trust it; {COPY_AGAIN}", code="image-digest")


def whole(source: ByteStream, limit: int, name: str) -> bytes:
    """Returns the whole content. limit: in bytes. Raises ImageFault."""
    pieces, length = [], 0
    while piece := source.read(CHUNK):
        length += len(piece)
        if length > limit:
            raise ImageFault(f"{name} is larger than {limit} bytes", "name the intended image")
        pieces.append(piece)
    return b"".join(pieces)


def drain(source: ByteStream) -> None:
    while source.read(CHUNK):
        continue


def json_object(content: bytes, name: str) -> dict[str, Any]:
    """Raises ImageFault."""
    import json

    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise ImageFault(f"{name} is not a JSON object", COPY_AGAIN)
    return data
