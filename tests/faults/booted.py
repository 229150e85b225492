"""One real `confcontract boot`, with or without supervisor: what it says, answers and leaves for others to read."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from confcontract.boot import rundir
from tests.faults.case import forbid
from tests.support.launching import SAFETY
from tests.support.supervising import children, until

PROBES = {"live": "live", "ready": "ready", "started": "startup"}  # as the server calls them, and `probe` does
_PATHS = ("/health", "/health/live", "/health/ready", "/health/started", "/metrics")


class Booted:
    """argv: of boot, or of what starts it. directory: its working directory. name: of the files that it writes to."""

    def __init__(self, argv: list[str], environ: Mapping[str, str], directory: Path, name: str, **options: Any) -> None:
        self.environ = dict(environ)
        self.directory = directory
        self.read: list[str] = []  # what else of it could be read, by whoever looked
        self._files = [directory / f"{name}.out", directory / f"{name}.err"]
        streams = [path.open("wb") for path in self._files]
        given = {"stdin": subprocess.DEVNULL, "stdout": streams[0], "stderr": streams[1], "cwd": directory, **options}
        self.process = subprocess.Popen(argv, env=self.environ, **given)
        for stream in streams:
            stream.close()

    @property
    def out(self) -> str:
        return self._files[0].read_text(encoding="utf-8", errors="replace")

    @property
    def err(self) -> str:
        return self._files[1].read_text(encoding="utf-8", errors="replace")

    @property
    def records(self) -> list[dict[str, Any]]:
        """What it has logged."""
        lines = self.err.split("\n")[:-1]
        return [json.loads(line) for line in lines if line.startswith("{")]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [record for record in self.records if record.get("event.action") == name]

    def until(self, look: Any) -> Any:
        return until(look, self.process)

    def eventually(self, name: str, text: str = "") -> str:
        """The content of a file of the application's, as soon as it holds the text."""
        path = self.directory / name
        found: str = self.until(lambda: path.exists() and text in (held := path.read_text()) and (held or " "))
        return found

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        """Its exit code, -n after signal n."""
        code = self.process.wait(timeout=SAFETY)
        forbid("Traceback" in self.err, "a traceback was seen")
        return code

    def end(self) -> int:
        self.send(signal.SIGTERM)
        return self.wait()

    # -- what others can read of it

    def ask(self, path: str, accept: str = "application/json") -> tuple[int, str]:
        """Status and body, from the supervisor's own socket."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(SAFETY)
            client.connect(f"{self.environ[rundir.VARIABLE]}/{rundir.SOCKET}")
            client.sendall(f"GET {path} HTTP/1.0\r\nAccept: {accept}\r\n\r\n".encode())
            answer = b"".join(iter(lambda: client.recv(65536), b"")).decode()
        head, _, body = answer.partition("\r\n\r\n")
        self.read.append(answer)
        return int(head.split()[1]), body

    def entry(self, name: str) -> dict[str, Any]:
        """What health says about a check, or about the secrets; nothing if that is not known."""
        checks = json.loads(self.ask("/health?details")[1])["checks"]
        return next((dict(entry) for entry in checks if entry["name"] == name), {})

    def probe(self, word: str) -> tuple[int, str]:
        """Exit code and line of `confcontract probe`."""
        argv = [sys.executable, "-m", "confcontract", "probe", word, "--timeout", str(SAFETY)]
        done = subprocess.run(argv, env=self.environ, cwd=self.directory, capture_output=True, timeout=SAFETY)
        self.read.append(done.stdout.decode() + done.stderr.decode())
        assert (done.returncode in (0, 1), done.stderr, done.stdout.count(b"\n")) == (True, b"", 1), done
        return done.returncode, done.stdout.decode().strip()

    def probed(self) -> list[str]:
        """For live, ready and started: the HTTP status, if there is a supervisor, and the probe's exit code."""
        found = []
        for name, word in PROBES.items():
            try:
                status = str(self.ask(f"/health/{name}?details")[0])
            except (FileNotFoundError, ConnectionRefusedError):
                status = "–"
            found.append(f"{status} / {self.probe(word)[0]}")
        return found

    def look(self) -> None:
        """Read all that can be read of it now."""
        for path in _PATHS:
            for accept in ("application/json", "application/health+json", "text/plain"):
                self.ask(f"{path}?details", accept)
        found = _read(f"/proc/{self.process.pid}/environ").decode(errors="replace").split("\0")
        self.read += [entry for entry in found if self.environ.get(entry.partition("=")[0]) != entry.partition("=")[2]]
        for pid in _tree(self.process.pid):
            self.read.append(cmdline(pid).decode(errors="replace"))

    def close(self) -> None:
        if self.process.poll() is None:
            for pid in reversed(_tree(self.process.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.process.wait(SAFETY)


def _tree(pid: int) -> list[int]:
    return [pid, *(each for child in children(pid) for each in _tree(child))]


def cmdline(pid: int) -> bytes:
    """Its command line; nothing if it has ended."""
    return _read(f"/proc/{pid}/cmdline")


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
