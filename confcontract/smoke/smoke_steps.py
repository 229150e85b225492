"""The steps: the image boots, not as root; it answers; it stops on TERM; it refuses to start without its
configuration."""

from __future__ import annotations

import http.client
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from confcontract.report import exit_codes
from confcontract.smoke.container_engine import ContainerEngine

_STARTED = ("-m", "confcontract", "probe", "startup")
# Prints the user of process 1, and why a file can't be created in the root: only a read-only file system gives EROFS.
_IDENTITY = """\
import errno, os
print(os.stat("/proc/1").st_uid)
try:
    os.close(os.open("/.smoke", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    os.unlink("/.smoke")
    print("WRITTEN")
except OSError as error:
    print(errno.errorcode[error.errno])
"""
_READ_ONLY = "EROFS"
_LAST = 10.0  # seconds for a killed container to end
_PAUSE = 0.1  # seconds between two attempts
_SETTLES = 1.0  # seconds that the container must keep running if no URL is checked
_ENDING = (signal.SIGTERM, signal.SIGINT)
LONGEST = 10_000  # bytes of a line; a longer one is split
KEPT = 200  # lines of the container's output
REFUSALS = (exit_codes.SECRET_MISSING, exit_codes.INVALID)


@dataclass(frozen=True)
class SmokeStep:
    """The result of a step. passed: None if the step could not be checked."""

    passed: bool | None
    what: str


@dataclass
class Smoke:
    """steps: in order. said: the last output lines of the container, to help fix the fault."""

    steps: list[SmokeStep] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(step.passed is not False for step in self.steps)


class _Container:
    """A running container, and a thread that reads its output, so that it never blocks on a full pipe."""

    def __init__(self, engine: ContainerEngine, environ: Mapping[str, str]) -> None:
        self.name, self.process = engine.start(environ)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            while line := stream.readline(LONGEST):
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                del self.lines[:-KEPT]

    def ended(self, within: float) -> int | None:
        try:
            code = self.process.wait(within)
        except subprocess.TimeoutExpired:
            return None
        self._reader.join(within)
        return code


@contextmanager
def _running(engine: ContainerEngine, environ: Mapping[str, str]) -> Iterator[_Container]:
    container = None
    try:
        with _undisturbed():
            container = _Container(engine, environ)
        yield container
    finally:
        if container is not None:
            if container.process.poll() is None:
                engine.signal(container.name, "KILL")
            container.ended(_LAST)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Delays signals that end the command, until the container that they would leave behind is known. They are not
    blocked, since child processes would inherit the mask, as they inherit ignored signals."""
    held: list[int] = []
    before = {number: signal.getsignal(number) for number in _ENDING}
    before = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, lambda *told: held.append(told[0]))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for came in held:
            signal.raise_signal(came)


def smoke(engine: ContainerEngine, environ: Mapping[str, str], url: str | None, timeout: float, grace: float) -> Smoke:
    """environ: of the deployment. url: the address to check, on this machine. timeout: seconds for the start.

    grace: seconds for the stop.
    """
    result = Smoke()
    with _running(engine, environ) as container:
        booted = _boots(engine, container, timeout)
        result.steps.append(booted)
        if booted.passed:
            result.steps.append(_not_root(engine, container))
            if url is not None:
                result.steps.append(_answers(url, container, timeout))
            settles = _SETTLES if url is None else 0.0
            result.steps.append(_by_itself(container, settles) or _stops(engine, container, grace))
    result.said = container.lines
    if booted.passed:
        result.steps.append(_refuses(engine, timeout))
    return result


def _boots(engine: ContainerEngine, container: _Container, timeout: float) -> SmokeStep:
    began = time.monotonic()
    while time.monotonic() - began < timeout:
        if (code := container.process.poll()) is not None:
            return SmokeStep(False, f"it ended with {code} before it had started")
        if _asked(engine, container, _STARTED).returncode == 0:
            return SmokeStep(True, f"it boots ({time.monotonic() - began:.1f} s)")
        time.sleep(_PAUSE)
    return SmokeStep(False, f"it had not started after {timeout:g} s")


def _asked(engine: ContainerEngine, container: _Container, words: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Runs the Python that boots: the one beside the command that the image starts, if that command is given as a
    path."""
    program = (engine.started() or [""])[0]
    python = f"{program.removesuffix('confcontract')}python3" if program.endswith("/confcontract") else "python"
    return engine.run_in(container.name, python, "-I", *words)


def _not_root(engine: ContainerEngine, container: _Container) -> SmokeStep:
    told = _asked(engine, container, ("-c", _IDENTITY)).stdout.decode(errors="replace").split()
    user, write = (*told, "", "")[:2]
    if not user.isdigit():
        return SmokeStep(None, "the user of process 1 could not be read")
    refused = write == _READ_ONLY
    where = "on a root file system that can't be written" if refused else "and its root file system is not read-only"
    return SmokeStep(user != "0" and refused, f"process 1 is user {user}, {where}")


def _answers(url: str, container: _Container, timeout: float) -> SmokeStep:
    until = time.monotonic() + timeout
    last = "no answer"
    while time.monotonic() < until and container.process.poll() is None:
        try:
            status = _status(url)
        except (OSError, http.client.HTTPException) as error:
            last = type(error).__name__
        else:
            last = f"HTTP {status}"
            if status < 500:  # an API need not have a page at this path
                return SmokeStep(True, f"{url} answers: {last}")
        time.sleep(_PAUSE)
    return SmokeStep(False, f"{url}: {last}")


def _status(url: str) -> int:
    """Uses no proxy and follows no redirect, so that only this machine is checked."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=5)
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        return connection.getresponse().status
    finally:
        connection.close()


def _by_itself(container: _Container, settles: float) -> SmokeStep | None:
    """Checks for a container that ended before it was stopped. settles: seconds in which a broken command is likely to
    fail."""
    code = container.ended(settles)
    if code is None:
        return None
    if code == 0:
        return SmokeStep(None, "it ended with 0 by itself, as a job does: TERM was not tried")
    return SmokeStep(False, f"it ended with {code} by itself")


def _stops(engine: ContainerEngine, container: _Container, grace: float) -> SmokeStep:
    began = time.monotonic()
    engine.signal(container.name, "TERM")
    code = container.ended(grace)
    if code is None:
        return SmokeStep(False, f"it has not stopped {grace:g} s after TERM; a platform would kill it")
    return SmokeStep(True, f"it stops by TERM ({time.monotonic() - began:.2f} s, exit code {code})")


def _refuses(engine: ContainerEngine, timeout: float) -> SmokeStep:
    """Starts the container without any variable, so that every required one is missing."""
    with _running(engine, {}) as container:
        began = time.monotonic()
        while time.monotonic() - began < timeout:
            code = container.process.poll()
            if code is not None:
                right = code in REFUSALS
                return SmokeStep(
                    right, f"without its configuration it ends with {code}" + ("" if right else ", not 66 or 78")
                )
            if _asked(engine, container, _STARTED).returncode == 0:
                return SmokeStep(None, "it starts without any configuration: nothing is required")
            time.sleep(_PAUSE)
    return SmokeStep(False, f"without its configuration it neither starts nor ends within {timeout:g} s")
