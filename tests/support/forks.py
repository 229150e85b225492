"""Runs commands of confcontract for a test, each in a fork of one process that has imported the whole package.

A command that imports Typer and pydantic takes a quarter to half a second of which nothing is what its test is about;
its fork takes a twentieth. Not for `boot` and `probe`, which are quick by themselves, and are tested as they start.
tests/test_forks.py holds forks against fresh processes.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.support.measured import measured

SAFETY = 120  # seconds until a hanging process is a failure; no test asks how long anything took

ROOT = str(Path(__file__).parents[2])
AT_START = ("PYTHON", "LD_", "LC_", "LANG", "COVERAGE_")
PROGRAM = Path(__file__).with_name("forkserver.py")
used = 0.0  # seconds of a processor, by all forks that have ended


class Server:
    """environ: what its interpreter finds when it starts, beside the plain environment. imports: modules of tests that
    commands would import one by one.
    """

    def __init__(self, environ: Mapping[str, str] | None = None, imports: Sequence[str] = ()) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(PROGRAM), str(theirs.fileno()), *imports],
            env={**plain_environ(), **(environ or {})},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,  # not a terminal's, as the streams of no command are
            stderr=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self._line.settimeout(SAFETY)
        self._used = 0.0  # by its forks, of the seconds below
        atexit.register(self.stop)

    def run(
        self, argv: Sequence[str], environ: Mapping[str, str], cwd: str, given: bytes = b""
    ) -> tuple[int, bytes, bytes]:
        """The exit code, and what was written on each stream. given: what it reads on its standard input."""
        task = json.dumps({"argv": argv, "environ": dict(environ), "cwd": cwd}).encode()
        pipes = [os.pipe(), os.pipe()]
        stdin = _pipe_with(given) if given else os.open(os.devnull, os.O_RDONLY)
        socket.send_fds(self._line, [task], [stdin, *(written for _, written in pipes)])
        for descriptor in (stdin, *(written for _, written in pipes)):
            os.close(descriptor)
        child = int(self._told())
        try:
            out, err = _read([read for read, _ in pipes])
            code = self._ended()
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            self._ended()
            raise
        return code, out, err

    def _ended(self) -> int:
        global used
        code, seconds = self._told().split()
        used += float(seconds)
        self._used += float(seconds)
        return int(code)

    def _told(self) -> bytes:
        try:
            said = self._line.recv(64)
            assert said
            return said
        except (OSError, AssertionError) as end:
            if isinstance(end, TimeoutError):
                raise
            raise AssertionError(self._process.communicate()[1].decode()) from None

    def stop(self) -> None:
        global used
        self._line.close()
        self._process.communicate(timeout=SAFETY)
        used -= self._used  # its forks are among the children of a child that was waited for, now
        self._used = 0.0


def _pipe_with(text: bytes) -> int:
    """A pipe to read this from, to its end."""
    read, written = os.pipe()
    with open(written, "wb") as stream:
        if len(text) > fcntl.fcntl(written, fcntl.F_GETPIPE_SZ):
            raise ValueError("too much to be written before somebody reads it")
        stream.write(text)
    return read


def _read(streams: list[int]) -> list[bytes]:
    """All that is written into each, to its end."""
    found = {stream: bytearray() for stream in streams}
    open_ = set(streams)
    end = time.monotonic() + SAFETY
    try:
        while open_:
            ready, _, _ = select.select(open_, [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError("the command hangs")
            for stream in ready:
                if part := os.read(stream, 1 << 16):
                    found[stream] += part
                else:
                    open_.remove(stream)
    finally:
        for stream in streams:
            os.close(stream)
    return [bytes(each) for each in found.values()]


def server(*imports: str) -> Server:
    """The one of this worker that has these imports, too, from its first use on; another one where what it runs is
    measured.
    """
    return _server(imports, bool(measured()))


@cache
def _server(imports: tuple[str, ...], _: bool) -> Server:
    return Server(imports=imports)


def plain_environ() -> dict[str, str]:
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": ROOT, **measured()}


def can_be_forked(argv: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether a fork does what a fresh process would: what an interpreter looks at when it starts is as it is here."""
    if argv and argv[0] in ("boot", "probe"):
        return False
    ours = plain_environ()
    at_start = {name for name in environ if name.startswith(AT_START)} - {"PYTHONPATH"}
    return "PYTHONPATH" in environ and all(environ[name] == ours.get(name) for name in at_start)
