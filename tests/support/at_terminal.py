"""A process at a terminal of its own, started without a fork of this process, which has threads."""

from __future__ import annotations

import os
import pty
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.forks import SAFETY


def start_at_terminal(
    argv: Sequence[str], environ: Mapping[str, str], directory: Path | None = None, columns: int = 80
) -> tuple[subprocess.Popen[bytes], int]:
    """The process, which leads the terminal's session, and the descriptor of whoever sits at it."""
    ours, theirs = pty.openpty()
    try:
        termios.tcsetwinsize(theirs, (24, columns))
        process = subprocess.Popen(
            ["setsid", "--ctty", *argv], cwd=directory, env=environ, stdin=theirs, stdout=theirs, stderr=theirs
        )
    finally:
        os.close(theirs)
    return process, ours


def shown_at_terminal(
    argv: Sequence[str], environ: Mapping[str, str], directory: Path | None = None, columns: int = 80
) -> str:
    """All that a process shows at a terminal until it ends."""
    process, ours = start_at_terminal(argv, environ, directory, columns)
    seen = bytearray()
    try:
        while chunk := os.read(ours, 65536):
            seen += chunk
    except OSError:  # Linux: EIO once the last writer has closed its side
        pass
    finally:
        os.close(ours)
        process.wait(SAFETY)
    return seen.decode(errors="replace")
