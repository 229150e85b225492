"""Secret files: `NAME_FILE=/run/secrets/x` gives NAME the content of that file."""

from __future__ import annotations

import os

from confcontract.contract.pathwords import pointer, shown_path
from confcontract.host.projection import leads_out_of_projection
from confcontract.host.sourcefile import PATIENCE, Unreadable, read_source
from confcontract.report.problem import Problem

MAX_BYTES = 1024 * 1024  # the maximum that Kubernetes keeps in one Secret


def read_secret_file(path: str, variable: str, *, patience: float = PATIENCE) -> tuple[str | None, Problem | None]:
    """The secret in the file `path`, for `variable` (the name without `_FILE`); or why there is none.

    One newline at the end is removed. `patience`, in seconds, concerns pipes only. The problem never shows any of the
    content, nor a path that may be the secret itself.
    """
    try:
        if leads_out_of_projection(path):
            what = f"is a link that points outside of {os.path.dirname(path)}"
            raise Unreadable(what, "name the file itself, or mount the secret", of_file=True)
        text = text_of(path, patience)
    except Unreadable as error:
        told = str(error) if error.of_file else f"can't be read: {error}"
        place = shown_path(path)
        source = f"secret file {place}" if place else f"{variable}_FILE"
        message = f"{pointer(f'{variable}_FILE', path)} {told}"
        return None, Problem(
            "source-unreadable",
            message,
            variable=variable,
            source=source,
            hint=error.hint,
            source_said=place is None,
        )
    return text, None


def text_of(path: str, patience: float = PATIENCE) -> str:
    """The text of a secret file. Raises Unreadable."""
    return _decode(read_source(path, limit=MAX_BYTES, patience=patience))


def _decode(raw: bytes) -> str:
    if b"\0" in raw:
        raise Unreadable(
            "contains a NUL byte, which environment variables can't hold", "store the secret as text", of_file=True
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        # the error itself would show the bytes
        what = f"is not UTF-8 text (byte {error.start + 1})"
        raise Unreadable(what, "store the secret as UTF-8 text, binary as base64", of_file=True) from None
    # Editors, `echo` and `kubectl create secret --from-file` add one newline that is not intended. Only one is removed:
    # a PEM block keeps its form, and a secret may begin or end in white space.
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
