"""From boot to the application.

It must find its process as if it had been started directly: same signal dispositions and mask, same descriptors, same
limits, and an environment of which every byte is known.
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
    """Become the application. `environ` is handed over exactly as it is.

    Raises CommandNotFound, CommandNotExecutable or ConfigurationInvalid if the kernel refuses; this process is then
    as careful as before. SIGPIPE and SIGXFSZ go back to their defaults: Python ignores both from its first moment,
    so whether the parent ignored them can't be known.
    """
    signals.phase("handing off")
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105
            stream.flush()
        except (OSError, ValueError):
            pass  # nothing reads, the disk is full, or it is closed: no reason not to start the application
    hardened = hardening.give_back()
    signals.give_back()
    try:
        if "confcontract.host.oddenviron" in sys.modules:  # loaded where there is anything odd to hand on
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
