"""A supervisor as a job of an interactive shell: in the background, stopped, in the foreground."""

from __future__ import annotations

import os
import select
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.at_terminal import start_at_terminal
from tests.support.launching import PLAIN_ENVIRON, SAFETY, supervise_with

READER = 'while read line; do test "$line" = end && exit 6; echo "got <$line>"; done'
# No `sleep`: dash starts programs by vfork, and can't stop before the child has executed, which a stopped child never does.
WAITING = "until test -e go; do :; done"


class Shell:
    """A shell with job control at a terminal of its own."""

    def __init__(self, directory: Path) -> None:
        self.shown = ""
        environ = {**PLAIN_ENVIRON, "CONFCONTRACT_RUNTIME_DIR": str(directory / "run"), "PS1": "$ ", "TERM": "dumb"}
        shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
        self._process, self._terminal = start_at_terminal(shell, environ, directory)

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def shows(self, text: str) -> None:
        """Wait until it does, after what was waited for before."""
        while text not in self.shown:
            ready, _, _ = select.select([self._terminal], [], [], SAFETY)
            assert ready, f"{text!r} is not shown, but {self.shown!r}"
            self.shown += os.read(self._terminal, 4096).decode(errors="replace")
        self.shown = self.shown.partition(text)[2]

    def close(self) -> None:
        os.close(self._terminal)  # whoever is left gets HUP
        self._process.kill()
        self._process.wait(SAFETY)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    for program in ("bash", "setsid"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing")
    shell = Shell(tmp_path)
    yield shell
    shell.close()


@pytest.fixture
def command(empty_contract: Path) -> Callable[[str], str]:
    def line(script: str) -> str:
        return shlex.join(supervise_with(empty_contract, "/bin/sh", "-c", script))

    return line


def test_a_job_of_the_background_that_wants_to_read_stops_and_reads_in_the_foreground(
    shell: Shell, command: Callable[[str], str]
) -> None:
    shell.type(f"{command(READER)} &\n")
    shell.shows("status=UP")
    shell.type("until jobs | grep Stopp; do sleep 0.1; done; echo 'has 'stopped\n")
    shell.shows("has stopped")
    shell.type("fg\n")
    shell.type("one\n")
    shell.shows("got <one>")
    shell.type("end\n")
    shell.type("echo rc=$?\n")
    shell.shows("rc=6")


def test_a_job_that_goes_on_in_the_background_leaves_the_terminal_to_the_shell(
    shell: Shell, command: Callable[[str], str]
) -> None:
    shell.type(f"{command(WAITING + '; exit 7')}\n")
    shell.shows("name=started status=UP")  # before that, a key may be pressed while the terminal changes hands
    shell.type("\x1a")
    shell.shows("Stopped")
    shell.type("bg\n")
    shell.type("echo 'is 'alive\n")
    shell.shows("is alive")
    shell.type("touch go; wait %1; echo rc=$?\n")
    shell.shows("rc=7")
    shell.type("echo 'is 'alive\n")
    shell.shows("is alive")


def test_ctrl_z_stops_a_job_without_the_terminal_as_its_input_and_gives_the_shell_back(
    shell: Shell, command: Callable[[str], str]
) -> None:
    shell.type(f"{command(WAITING + '; exit 8')} < /dev/null\n")
    shell.shows("name=started status=UP")
    shell.type("\x1a")
    shell.shows("Stopped")
    shell.type("touch go; fg\n")
    shell.type("echo rc=$?\n")
    shell.shows("rc=8")
