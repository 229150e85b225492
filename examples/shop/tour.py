"""What a guided tour is made of: steps that are told, commands that are really run, and an end that leaves nothing.

Every command that is shown is the one that runs, in `sh`, in one temporary folder, on a terminal of 80 columns of its
own. A command that doesn't do what the tour promises ends the tour with `TourFailed`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import shlex
import signal
import struct
import subprocess
import sys
import termios
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

WIDTH = 80
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # everything is on this machine
_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
PATIENCE = 120  # seconds until something that was started must answer


class TourFailed(Exception):
    """A step did not do what the tour says it does."""


class Tour:
    """folder: where commands run. environ: what they get. Colour only if standard output is a terminal."""

    def __init__(self, folder: Path, environ: dict[str, str], steps: int) -> None:
        self.folder = folder
        self.environ = environ
        self.told = ""
        self._steps = steps
        self._step = 0
        self._colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._running: list[subprocess.Popen[bytes]] = []
        if not self._colour:
            environ["NO_COLOR"] = "1"

    def step(self, title: str, *paragraphs: str) -> None:
        self._step += 1
        heading = f"{self._step}/{self._steps}  {title}"
        self._write(f"\n{self._paint('1;36', heading)}\n{self._paint('36', '─' * len(heading))}\n")
        for paragraph in paragraphs:
            self.say(paragraph)

    def say(self, text: str) -> None:
        self._write(textwrap.fill(" ".join(text.split()), WIDTH - 2) + "\n\n")

    def run(self, command: str, *, code: int = 0, shows: Sequence[str] = ()) -> str:
        """Type a command, show what it says. It must end with `code`, and say all of `shows`."""
        self._type(command)
        exit_code, output = self._on_a_terminal(command)
        self._write(output if output.endswith("\n") or not output else output + "\n")
        if exit_code != code:
            raise TourFailed(f"the command above ended with {exit_code}, not with {code}")
        for text in shows:
            if text not in output:
                raise TourFailed(f"the command above does not say {text!r}")
        if code:
            self._write(f"{self._prompt('echo $?')}{code}\n")
        self._write("\n")
        return output

    def export(self, name: str, word: str) -> None:
        """Type `export NAME=WORD`; the shell works out what WORD is."""
        self._type(f"export {name}={word}")
        told = subprocess.run(
            ["sh", "-c", f"printf %s {word}"],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if told.returncode or not told.stdout:
            raise TourFailed(f"there is no value for {name}: {told.stderr.strip()}")
        self.environ[name] = told.stdout

    def start(self, command: str, log: str, ready: str) -> int:
        """Type `COMMAND > LOG 2>&1 &`, and wait until the address `ready` answers. Gives the process id."""
        line = f"{command} > {log} 2>&1"
        self._type(f"{line} &")
        with _held_back():
            process = subprocess.Popen(
                ["sh", "-c", f"exec {line}"],
                cwd=self.folder,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            self._running.append(process)
        deadline = time.monotonic() + PATIENCE
        while not _answers(ready):
            if process.poll() is not None or time.monotonic() > deadline:
                said = (self.folder / log).read_text(encoding="utf-8", errors="replace")
                raise TourFailed(f"{shlex.split(command)[0]} did not come up; {log} says:\n{said}")
            time.sleep(0.05)
        self._write("\n")
        return process.pid

    def get(self, address: str, *, shows: Sequence[str] = ()) -> str:
        """Ask over HTTP and show the answer, JSON in lines of its own."""
        self._write(self._paint("1", f"GET {address}") + "\n")
        with DIRECT.open(address, timeout=PATIENCE) as answer:
            body: str = answer.read().decode()
            if answer.headers.get_content_type() == "application/json":
                body = json.dumps(json.loads(body), indent=2)
        self._write(body.rstrip("\n") + "\n\n")
        for text in shows:
            if text not in body:
                raise TourFailed(f"the answer does not hold {text!r}")
        return body

    def stop(self, pid: int) -> int:
        """Type `kill -TERM PID` and wait for the end. Gives what a shell would say of it: 128 + n for a signal."""
        self._type(f"kill -TERM {pid}; wait {pid}; echo $?")
        process = next(process for process in self._running if process.pid == pid)
        process.terminate()
        code = process.wait(PATIENCE)
        code = 128 - code if code < 0 else code
        self._write(f"{code}\n\n")
        return code

    def end(self) -> None:
        """Stop whatever still runs, whole process groups at a time. An impatient second signal changes nothing."""
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        running = [process for process in self._running if process.poll() is None]
        for number in (signal.SIGTERM, signal.SIGKILL):
            for process in running:
                _signal_group(process.pid, number)
            for process in running:
                try:
                    process.wait(PATIENCE / 3)
                except subprocess.TimeoutExpired:
                    continue
        # What the first of a group has started ends a moment later, and may be writing to the folder even now.
        deadline = time.monotonic() + 2
        while any(_signal_group(process.pid, 0) for process in running) and time.monotonic() < deadline:
            time.sleep(0.01)
        self._running.clear()

    def _on_a_terminal(self, command: str) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, WIDTH, 0, 0))
        with _held_back():
            process = subprocess.Popen(
                ["sh", "-c", command],
                cwd=self.folder,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
            )
            self._running.append(process)
        os.close(theirs)
        output = b""
        try:
            while chunk := os.read(ours, 65536):
                output += chunk
        except OSError:  # Linux says EIO where the last process has closed the terminal
            pass
        finally:
            os.close(ours)
        code = process.wait()
        self._running.remove(process)
        return code, output.decode(errors="replace").replace("\r\n", "\n")

    def _type(self, command: str) -> None:
        self._write(self._prompt(command))

    def _prompt(self, command: str) -> str:
        return self._paint("32", "$ ") + self._paint("1", command) + "\n"

    def _paint(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._colour else text

    def _write(self, text: str) -> None:
        self.told += text
        sys.stdout.write(text)
        sys.stdout.flush()


@contextlib.contextmanager
def _held_back() -> Iterator[None]:
    """What asks the tour to end waits until a process that is being started is known: it has to be stopped, too."""
    came: list[int] = []
    found = {number: signal.signal(number, lambda number, _frame: came.append(number)) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in found.items():
            signal.signal(number, handler)
    for held in came:
        signal.raise_signal(held)


def _signal_group(group: int, number: int) -> bool:
    """Whether anybody was there to get it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


def _answers(address: str) -> bool:
    try:
        with DIRECT.open(address, timeout=1):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
