"""What would prevent a restart of the application, checked while it still runs."""

from __future__ import annotations

import errno
import os

from confcontract.boot.launch.foresee import foresee
from confcontract.boot.launch.start_command import find_command
from confcontract.host.folder import at, left
from confcontract.report.errors import CommandNotExecutable
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Too much text, or no process, memory or descriptor left.
_REFUSALS = (errno.E2BIG, errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)


def look_ahead(path: str, argv: Sequence[str], environ: Mapping[str, str]) -> None:
    """Raises the ConfcontractError of a start of the command, as far as it can be predicted.

    path: of the command, which may have been removed or replaced.
    """
    refuse_folder()
    find_command([at(path)], environ)
    foresee(at(path), argv, environ, _REFUSALS)


def refuse_folder() -> None:
    """Raises CommandNotExecutable if the application can't be started where it was started before."""
    folder = left()
    if folder is None or os.access(folder, os.X_OK):
        return
    state = "can no longer be entered" if os.path.isdir(folder) else "is gone"
    message = f"The folder {folder!r}, in which the application was started, {state}."
    hint = "Start it in a folder that is not removed, or restore that one."
    raise CommandNotExecutable(Problem("command-not-executable", message, hint=hint))
