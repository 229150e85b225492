"""The folder that `confcontract export -o` writes into."""

from __future__ import annotations

import errno
import os
import stat
import sys

from confcontract.cli.common import usage_error
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.host.writing import InTheWay, write_all, write_whole
from confcontract.platforms.written_before import LIST, WrittenBefore, parse_list
from confcontract.report import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def write_folder(folder: str, files: Mapping[str, str], key: str | None, *, complete: bool) -> None:
    """key: what is exported, as the folder's list calls it; None where no list is needed. complete: whether files that
    an earlier export of the same wrote, and this one did not, are removed; otherwise they are named.

    Raises UsageError.
    """
    before = _written_before(folder) if key is not None else WrittenBefore({})
    contents = {os.path.join(folder, name): text.encode("utf-8", "backslashreplace") for name, text in files.items()}
    left_over = [name for name in before.left_over(key or "", files) if _is_file(folder, name)]
    try:
        top = os.path.dirname(os.path.join(folder, ""))  # without a trailing slash
        for inner in dict.fromkeys((top, *map(os.path.dirname, contents))):
            if inner != top and os.path.islink(inner):
                raise InTheWay(inner, "it is a symbolic link, which may lead out of the folder")
            os.makedirs(inner, exist_ok=True)
        write_all(contents)
        for name in left_over if complete else ():
            os.unlink(os.path.join(folder, name))
        if key is not None:  # last: what fails before it is tried again
            after = before.then(key, files if complete else (*files, *left_over))
            write_whole(os.path.join(folder, LIST), after.text().encode())
    except OSError as error:
        why = "it is not a directory" if isinstance(error, FileExistsError) else error.strerror
        what = f"{error.filename or folder}: can't be written: {why}"
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = "free space there, or name another" if full else "name a directory that this user may write"
        raise usage_error(what, f"{hint} with -o") from None
    for path in contents:
        _say(f"wrote {terminal.printable(path)}")
    for name in left_over:
        path = terminal.printable(os.path.join(folder, name))
        _say(f"removed {path}" if complete else f"left {path}, of an earlier export: remove it if it is not needed")


def _written_before(folder: str) -> WrittenBefore:
    path = os.path.join(folder, LIST)
    if not os.path.lexists(path):
        return WrittenBefore({})
    try:
        return parse_list(read_source(path, pipes=False).decode())
    except (Unreadable, ValueError, RecursionError):
        what = f"{terminal.printable(path)} is not the list of files that an export writes"
        raise usage_error(what, "remove it, or name another folder with -o") from None


def _is_file(folder: str, name: str) -> bool:
    """Whether a file itself is there, below no link."""
    parts = name.split("/")
    above = [os.path.join(folder, *parts[:depth]) for depth in range(1, len(parts))]
    try:
        found = os.lstat(os.path.join(folder, name))
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and not any(map(os.path.islink, above))


def _say(text: str) -> None:
    sys.stderr.write(terminal.harmless(f"{text}\n"))
