"""The commands of confcontract, and those that read a contract."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support import forks
from tests.support.forks import Server, can_be_forked, plain_environ, server

PLAIN_ENVIRON = plain_environ()
SAFETY = forks.SAFETY

READERS = {
    "boot": ("--", "true"),
    "validate": (),
    "explain": (),
}


def run(
    *arguments: str, environ: Mapping[str, str] | None = None, cwd: Path | str | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """`confcontract ARGUMENTS` in a plain environment: a fork where that does the same, else a process of its own.

    Keyword arguments go to subprocess.run, with which it is a process of its own.
    """
    whole = {**plain_environ(), **(environ or {})}
    if not options and can_be_forked(arguments, whole):
        code, out, err = server().run(arguments, whole, str(cwd or Path.cwd()))
        return subprocess.CompletedProcess(arguments, code, _text(out), _text(err))
    return subprocess.run(
        [sys.executable, "-m", "confcontract", *arguments],
        env=whole,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SAFETY,
        **options,
    )


def forked(
    *arguments: str, environ: Mapping[str, str], cwd: Path | None = None, by: Server | None = None
) -> tuple[int, str]:
    """The exit code, and all that was written. In a fork even for boot, where there are hundreds to start, or where one
    imports much.

    by: whose fork, if it is not the worker's own server's.
    """
    code, out, err = (by or server()).run(arguments, {**plain_environ(), **environ}, str(cwd or Path.cwd()))
    return code, (out + err).decode(errors="replace")


def _text(said: bytes) -> str:
    """As subprocess.run gives it with `text`."""
    return said.decode().replace("\r\n", "\n").replace("\r", "\n")


def read_with(
    reader: str, contract: Path | str, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What a reader makes of a contract: in a fork even for boot, which reads it as a process of its own does."""
    arguments = (reader, "--contract", str(contract), *READERS[reader])
    code, out, err = server().run(arguments, {**plain_environ(), **(environ or {})}, str(Path.cwd()))
    return subprocess.CompletedProcess(arguments, code, _text(out), _text(err))


def said(done: subprocess.CompletedProcess[str]) -> str:
    """All that it wrote, with runs of white space made one blank: a report is wrapped as the terminal is wide."""
    return " ".join((done.stdout + done.stderr).split())


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit 78 with a report that says `words`, and no traceback."""
    text = said(done)
    assert done.returncode == 78, text
    assert "Traceback" not in text
    assert "internal error" not in text
    for word in words:
        assert word in text, text
