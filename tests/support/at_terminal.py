"""A process at a terminal of its own, started without a fork of this process, which has threads."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def start_at_terminal(
    argv: Sequence[str], environ: Mapping[str, str], directory: Path | None = None
) -> tuple[subprocess.Popen[bytes], int]:
    """The process, which leads the terminal's session, and the descriptor of whoever sits at it."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            ["setsid", "--ctty", *argv], cwd=directory, env=environ, stdin=theirs, stdout=theirs, stderr=theirs
        )
    finally:
        os.close(theirs)
    return process, ours
