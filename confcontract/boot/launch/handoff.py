"""From boot to the application.

Its process must be as if it had been started directly: same signal dispositions and mask, same descriptors, same
limits, and an environment in which every byte is known.
"""

from __future__ import annotations

import os
import sys

from confcontract.boot.launch import hardening, signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NoReturn


def hand_off(path: str, argv: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Become the application, with exactly `environ` as its environment.

    Raises CommandNotFound, CommandNotExecutable or ConfigurationInvalid if the kernel refuses; this process is then
    hardened as before. SIGPIPE and SIGXFSZ are reset to their defaults: Python ignores both from its start, so it is
    not known whether the parent ignored them.
    """
    signals.phase("handing off")
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105
            stream.flush()
        except (OSError, ValueError):
            pass  # there is no reader, the disk is full, or it is closed: the application is started all the same
    hardened = hardening.give_back()
    signals.give_back()
    try:
        if "confcontract.host.oddenviron" in sys.modules:  # loaded only if there is something unusual to restore
            from confcontract.host import oddenviron

            if odd := oddenviron.entries_of(environ):
                oddenviron.execute(path, argv, odd)
        os.execve(path, list(argv), environ)
    except (OSError, ValueError) as error:
        signals.take_signals()
        if hardened:
            hardening.harden()
        from confcontract.boot.launch.exec_refusal import exec_refused

        raise exec_refused(error, path, argv, environ) from None
