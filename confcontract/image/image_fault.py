"""The reason why an image can't be read. The code that raises it does not know the reference; `open_image` adds
that."""

from __future__ import annotations


class ImageFault(Exception):
    """what: continues a message that begins with the reference and a colon. code: one of report.codes. hint: the
    remedy."""

    def __init__(self, what: str, hint: str, *, code: str = "image-unreadable") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.code = code


COPY_AGAIN = "copy or pull the image again"
BUILD_AGAIN = "build the image again, with a tool that writes OCI or Docker images"
