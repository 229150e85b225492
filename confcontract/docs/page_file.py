"""The file that a document goes to: read, compared, written whole or not at all."""

from __future__ import annotations

import os
import stat

from confcontract.host.writing import refuse_planted, write_whole
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

_CONTEXT = 3  # unchanged lines around a difference
_MODE = 0o644  # of a new file


def read(path: str) -> bytes | None:
    """What is there; None where nothing is. Raises UsageError for what can't be read, or is not a file."""
    try:
        _refuse_planted(path)
        with open(path, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(path, "read", error) from None


def write(path: str, payload: bytes) -> bool:
    """Replace the file as a whole, with the mode that it had, behind symbolic links. False if it is like that already.

    Raises UsageError for what can't be written.
    """
    try:
        if _is_stream(path):  # a pipe of the shell's, a terminal, /dev/null: nothing that could be replaced
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
    """Also where links lead: to what is written is meant to be a file."""
    refuse_planted(path)
    if os.path.islink(path):
        refuse_planted(os.path.realpath(path))


def _is_stream(path: str) -> bool:
    """Whether it is /dev/stdout and the like: a character device, or what the shell has opened (`-o >(less)`)."""
    mode = os.stat(path).st_mode
    ours = os.path.abspath(path).startswith(("/dev/", "/proc/self/fd/"))
    return stat.S_ISCHR(mode) or (ours and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)))


def difference(path: str, before: bytes | None, after: bytes) -> list[str]:
    """A unified diff, without line ends; empty if there is none."""
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
        lines[-1] += "\n"  # a last line without its end is another line
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
