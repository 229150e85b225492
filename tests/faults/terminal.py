"""Process: an application at a terminal."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.case import Seen, case, forbid
from tests.faults.place import Place
from tests.faults.process import MODES
from tests.support.at_terminal import start_at_terminal
from tests.support.launching import SAFETY

READER = """
echo ready
while read line; do
    test "$line" = end && exit 6
    echo "got <$line>"
done
"""


class Terminal:
    """A process at a terminal of its own, and who sits there."""

    def __init__(self, argv: list[str], environ: dict[str, str], place: Place) -> None:
        self._place = place
        self.shown = ""
        self._process, self._terminal = start_at_terminal(argv, environ, place.directory)

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def shows(self, text: str) -> None:
        """Wait until it does, after what was waited for before."""
        while text not in self.shown:
            ready, _, _ = select.select([self._terminal], [], [], SAFETY)
            assert ready, self.shown
            self._read()
        self.shown = self.shown.partition(text)[2]

    def wait(self) -> int:
        try:
            while True:
                self._read()
        except OSError:
            pass  # Linux reports the end of a terminal as EIO
        return self._process.wait(SAFETY)

    def _read(self) -> None:
        text = os.read(self._terminal, 4096).decode(errors="replace")
        forbid(self._place.canary in text, "the leak canary was seen")
        self.shown += text

    def close(self) -> None:
        os.close(self._terminal)  # whoever is left gets HUP
        self._process.kill()
        self._process.wait(SAFETY)


@contextmanager
def at_terminal(place: Place, argv: list[str]) -> Iterator[Terminal]:
    terminal = Terminal(argv, place.given, place)
    try:
        yield terminal
    finally:
        terminal.close()


@case("Process", "terminal: the application reads from it, by turns with boot's output")
def reads(place: Place) -> Seen:
    for supervise in MODES:
        with at_terminal(place, place.argv("/bin/sh", "-c", READER, supervise=supervise)) as terminal:
            terminal.shows("ready")
            terminal.type("one\n")
            terminal.shows("got <one>")
            terminal.type("end\n")
            assert terminal.wait() == 6
    return Seen(6, "", "it is in the foreground, and gets each line")


@case("Process", "terminal: Ctrl-C while boot runs")
def interrupted_boot(place: Place) -> Seen:
    fifo = place.directory / "fifo.env"
    os.mkfifo(fifo)
    for supervise in MODES:
        argv = place.argv("/bin/true", supervise=supervise, options=("--env-file", str(fifo)))
        with at_terminal(place, argv) as terminal:
            descriptor = os.open(fifo, os.O_WRONLY)  # waits until boot reads
            terminal.type("\x03")
            terminal.shows("ended by SIGINT while")
            assert terminal.wait() == 130
            os.close(descriptor)
    return Seen(130, "", "boot ends at once")


@case("Process", "terminal: Ctrl-C while the application runs")
def interrupted(place: Place) -> Seen:
    codes = []
    for supervise in MODES:
        with at_terminal(place, place.argv("/bin/sh", "-c", READER, supervise=supervise)) as terminal:
            terminal.shows("ready")
            terminal.type("\x03")
            codes.append(terminal.wait())
    assert codes == [-2, 130]
    return Seen(130, "", "the application gets INT, once; exec: it dies of that; supervised: exit code 130")


@case("Process", "terminal: Ctrl-Z, and fg")
def suspended(place: Place) -> Seen:
    """Under a shell with job control."""
    (place.directory / "reader.sh").write_text(READER)
    for supervise in MODES:
        words = " ".join(
            f"'{word}'" for word in place.argv("/bin/sh", str(place.directory / "reader.sh"), supervise=supervise)
        )
        with at_terminal(place, ["/bin/bash", "--norc", "--noprofile", "-i"]) as terminal:
            terminal.type(f"{words}\n")
            terminal.shows("ready\r\n")
            terminal.type("one\n")
            terminal.shows("got <one>")
            terminal.type("\x1a")
            terminal.shows("Stopped")
            terminal.type("echo shell $((40 + 2))\n")
            terminal.shows("shell 42")
            terminal.type("fg\n")
            terminal.type("two\n")
            terminal.shows("got <two>")
            terminal.type("end\n")
            terminal.type("echo code $?.\n")
            terminal.shows("code 6.")
            terminal.type("exit\n")
            terminal.wait()
    return Seen(
        6, "", "application and supervisor stop together, the shell is back; then both go on, and it reads again"
    )
