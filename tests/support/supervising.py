"""An application under `boot --supervise`, and ways to watch it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.launching import PLAIN_ENVIRON, SAFETY, empty_contract, run, supervise_with
from tests.support.measured import measured

__all__ = ["Supervised", "empty_contract", "run", "supervise"]

T = TypeVar("T")
Supervise = Callable[..., "Supervised"]


class Supervised:
    """A supervisor and the application that it runs."""

    def __init__(self, argv: list[str], directory: Path, **options: object) -> None:
        self.directory = directory
        environ = {
            **PLAIN_ENVIRON,
            **measured(),
            "CONFCONTRACT_RUNTIME_DIR": str(directory / "run"),
            "PWD": str(directory),
        }
        self._err = (directory / "err").open("w+b")
        self.process = subprocess.Popen(  # type: ignore[call-overload]
            argv,
            **{
                "env": environ,
                "cwd": directory,
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": self._err,
                **options,
            },
        )

    @property
    def err(self) -> str:
        return (self.directory / "err").read_text(encoding="utf-8", errors="replace")

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> tuple[int, str]:
        """Its exit code and what was said on stdout."""
        out, _ = self.process.communicate(timeout=SAFETY)
        return self.process.returncode, out.decode(errors="replace") if out else ""

    def eventually(self, name: str, text: str = "") -> str:
        """The content of a file of the application's, as soon as it holds the text."""
        path = self.directory / name
        return until(lambda: path.exists() and text in (found := path.read_text()) and (found or " "), self.process)

    def close(self) -> None:
        if self.process.poll() is None:
            self.send(signal.SIGSTOP)  # or it would start another one meanwhile
            for pid in [*children(self.process.pid), self.process.pid]:
                with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                    os.kill(pid, signal.SIGKILL)
        self.process.communicate(timeout=SAFETY)
        self._err.close()


def until(
    look: Callable[[], T | bool | None], process: subprocess.Popen[bytes] | None = None, within: float = SAFETY
) -> T:
    """What `look` finds, as soon as it finds something. within: seconds until what doesn't come is a failure."""
    end = time.monotonic() + within
    while (began := time.monotonic()) < end:
        if found := look():
            return found  # type: ignore[return-value]
        if process is not None and process.poll() is not None and not look():
            raise AssertionError(f"it ended with {process.returncode} before")
        # A look at a database, or at a long file, must not take a processor from what it waits for.
        time.sleep(max(0.01, 9 * (time.monotonic() - began)))
    raise AssertionError("it did not happen")


# Makes a thousand processes whose parent ends before them, and ends itself when there is a file `go`.
ORPHANS = """
import os, time
for _ in range(1000):
    pid = os.fork()
    if pid == 0:
        if os.fork() == 0:
            time.sleep(0.2)
        os._exit(0)
    os.waitpid(pid, 0)
open("ready", "w").close()
while not os.path.exists("go"):
    time.sleep(0.01)
"""


def children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


@pytest.fixture
def supervise(empty_contract: Path, tmp_path: Path) -> Iterator[Supervise]:
    """supervise(*command, options=(), **popen) -> the running supervisor; what still runs at the end is killed."""
    started: list[Supervised] = []

    def start(*command: str, options: tuple[str, ...] = (), **popen: object) -> Supervised:
        started.append(Supervised(supervise_with(empty_contract, *command, options=options), tmp_path, **popen))
        return started[-1]

    yield start
    for each in started:
        each.close()


def python(code: str) -> tuple[str, ...]:
    """A command that runs some Python, without anything of ours in it: it is not what is measured."""
    return (sys.executable, "-I", "-S", "-c", code)
