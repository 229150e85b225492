"""The file that a document is written to: read, compared, and replaced as a whole or not at all."""

from __future__ import annotations

import os
import stat

from confcontract.host.writing import refuse_planted, write_whole
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

_CONTEXT = 3  # unchanged lines around a difference
_MODE = 0o644  # mode of a new file


def read(path: str) -> bytes | None:
    """The current content; None if there is none. Raises UsageError if it can't be read, or is not a file."""
    try:
        _refuse_planted(path)
        with open(path, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(path, "read", error) from None


def write(path: str, payload: bytes) -> bool:
    """Replace the whole file and keep its mode; follow symbolic links. Returns False if the content is the same
    already.

    Raises UsageError if it can't be written.
    """
    try:
        if _is_stream(path):  # a pipe of the shell, a terminal, /dev/null: there is no file to replace
            with open(path, "wb") as stream:
                stream.write(payload)
            return True
        _refuse_planted(path)
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        mode = _MODE
    except OSError as error:
        raise _refused(path, "written", error) from None
    if read(path) == payload:
        return False
    try:
        write_whole(os.path.realpath(path), payload, stat.S_IMODE(mode))
    except OSError as error:
        raise _refused(path, "written", error) from None
    return True


def _refuse_planted(path: str) -> None:
    """Refuse a planted file, also at the target of a link: the destination must be a file."""
    refuse_planted(path)
    if os.path.islink(path):
        refuse_planted(os.path.realpath(path))


def _is_stream(path: str) -> bool:
    """Whether it is /dev/stdout or similar: a character device, or a stream that the shell has
    opened (`-o >(less)`).
    """
    mode = os.stat(path).st_mode
    ours = os.path.abspath(path).startswith(("/dev/", "/proc/self/fd/"))
    return stat.S_ISCHR(mode) or (ours and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)))


def difference(path: str, before: bytes | None, after: bytes) -> list[str]:
    """A unified diff, without line ends; empty if there is no difference."""
    if before == after:
        return []
    from difflib import unified_diff

    return list(
        unified_diff(
            _lines(before or b""),
            _lines(after),
            path if before is not None else "/dev/null",
            path,
            lineterm="",
            n=_CONTEXT,
        )
    )


def _lines(payload: bytes) -> list[str]:
    lines = payload.decode("utf-8", "backslashreplace").split("\n")
    if lines[-1]:
        lines[-1] += "\n"  # a last line without its newline is a different line
    else:
        lines.pop()
    return lines


def _refused(path: str, what: str, error: OSError) -> UsageError:
    return UsageError(
        Problem(
            "usage",
            f"{path}: can't be {what}: {error.strerror}",
            source=path,
            hint="check the path",
            source_said=True,
        )
    )
