"""Opens files of an image, from a folder or an archive, for reading only and never through a device or a pipe."""

from __future__ import annotations

import os
import stat
from typing import IO

from confcontract.host.folder import at
from confcontract.image.image_fault import ImageFault


def opened(path: str, hint: str) -> IO[bytes]:
    """Raises ImageFault, which names the path."""
    try:
        descriptor = os.open(at(path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or "it is not a path"
        code = "image-not-found" if isinstance(error, FileNotFoundError) else "image-unreadable"
        raise ImageFault(f"{path} can't be read: {what}", hint, code=code) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ImageFault(f"{path} is not a regular file", hint)
    return _Careful(descriptor, path)  # type: ignore[return-value]


class _Careful:
    """A file whose read errors are reported as errors of the image."""

    def __init__(self, descriptor: int, path: str) -> None:
        self._file = os.fdopen(descriptor, "rb", buffering=0)
        self._path = path

    def read(self, size: int, /) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise ImageFault(f"{self._path} can't be read: {error.strerror}", "check the disk that it is on") from None

    def seek(self, position: int) -> None:
        self._file.seek(position)

    def close(self) -> None:
        self._file.close()
