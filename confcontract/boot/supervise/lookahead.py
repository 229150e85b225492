"""What would keep the application from being started again, looked at while it still runs."""

from __future__ import annotations

import errno

from confcontract.boot.command import exec_refused, find_command
from confcontract.boot.foresee import foresee
from confcontract.boot.processes import processes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Of a rehearsal these count: too much text, or no process, memory or descriptor to be had.
_REFUSALS = (errno.E2BIG, errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)


def look_ahead(path: str, argv: Sequence[str], environ: Mapping[str, str]) -> None:
    """Raises what a start of the command would, as far as that can be known: a ConfcontractError.

    path: of the command, which may have gone or may be another file by now.
    """
    find_command([path], environ)
    foresee(path, argv, environ)
    try:
        processes.rehearse(argv, environ)
    except OSError as error:
        if error.errno in _REFUSALS:
            raise exec_refused(error, path, argv, environ) from None
