"""What is said while checks run: on a real terminal, in a log for people, in a log for machines."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import struct
import termios
import threading
from collections.abc import Iterator
from typing import TextIO

import pytest

from confcontract.boot.checks.progress import CheckChange, Lines, Live, progress_to
from confcontract.boot.checks.run import run_checks
from confcontract.checks import Tcp
from confcontract.report.problem import Problem
from tests.support.ports import refusing_port
from tests.support.stage import FAST, PATIENT, listening, patiently, within

WAITING = CheckChange("database", "waiting", where="db:5432", variable="DB", reason="connection refused", seconds=1.5)


class Terminal:
    """A real one, of a given size, and what is to be seen on it."""

    def __init__(self, rows: int, columns: int) -> None:
        self._reader, writer = pty.openpty()
        fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.stream: TextIO = os.fdopen(writer, "w")
        self._written = bytearray()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        while True:
            try:
                self._written += os.read(self._reader, 65536)
            except OSError:  # the other side is closed
                return

    def close(self) -> None:
        if not self.stream.closed:
            self.stream.close()
            self._thread.join()
            os.close(self._reader)

    def screen(self) -> list[str]:
        """The lines after all movements: up, erase to the end, write. Nothing can be written any more."""
        self.close()
        lines: list[str] = []
        for piece in self._written.decode().replace("\r\n", "\n").split("\r\x1b[J"):
            body, _, up = piece.rpartition("\x1b[") if piece.endswith("A") else (piece, "", "")
            lines += body.split("\n")[:-1]
            if up:
                lines = lines[: len(lines) - int(up[:-1])]
        return lines


@pytest.fixture
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    made = Terminal(*getattr(request, "param", (24, 60)))
    yield made
    made.close()


def test_each_check_has_one_line_that_is_drawn_over(terminal: Terminal) -> None:
    progress = progress_to(terminal.stream, "text")
    assert isinstance(progress, Live)
    progress.begin(["database", "cache"])
    progress.change(WAITING)
    progress.change(CheckChange("cache", "ready", where="cache:6379", seconds=0.1, reason="found"))
    progress.change(CheckChange("database", "waiting", where="db:5432", reason="the \x1b[31mend"))
    shown = terminal.screen()
    assert [line.split()[0] for line in shown] == ["database", "cache"]
    assert shown[0].endswith("db:5432: the \\x1b[31mend")
    assert shown[1] == "cache     ready after 0.1 s  found"


def test_nothing_is_left_of_them_at_the_end(terminal: Terminal) -> None:
    progress = progress_to(terminal.stream, "text")
    progress.begin(["database"])
    progress.change(WAITING)
    progress.done()
    assert terminal.screen() == []


@pytest.mark.parametrize(
    ("terminal", "rows", "columns"), [((5, 20), 5, 20), ((10, 200), 10, 200)], indirect=["terminal"]
)
def test_more_than_the_terminal_holds_are_cut_and_those_that_wait_come_first(
    terminal: Terminal, rows: int, columns: int
) -> None:
    progress = progress_to(terminal.stream, "text")
    names = [f"check-{number}" for number in range(40)]
    progress.begin(names)
    for name in names[:39]:
        progress.change(CheckChange(name, "ready", where="h:1", seconds=1))
    shown = terminal.screen()
    assert len(shown) <= rows - 1
    assert all(len(line) < columns for line in shown)
    assert shown[0].startswith("check-39")
    assert shown[-1] == f"... and {40 - (rows - 2)} more"


def test_a_log_for_people_has_a_line_for_each_change() -> None:
    stream = io.StringIO()
    progress = progress_to(stream, "text")
    assert isinstance(progress, Lines)
    progress.change(WAITING)
    progress.change(CheckChange("database", "ready", where="db:5432", seconds=12))
    assert stream.getvalue() == (
        "confcontract: database: waiting for db:5432: connection refused\n"
        "confcontract: database: db:5432 is ready after 12 s\n"
    )


def test_a_log_for_machines_has_an_object_for_each_change_and_none_for_what_stays_the_same() -> None:
    stream = io.StringIO()

    def ask(longer: int) -> list[Problem]:
        stream.seek(0)
        stream.truncate()
        return run_checks(within([up, down], longer), {}, {}, None, progress_to(stream, "json"))

    with listening() as port:
        up = Tcp("up", f"127.0.0.1:{port}", **PATIENT)
        down = Tcp("down", f"127.0.0.1:{refusing_port()}", **FAST)
        patiently(ask)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert sorted((line["check"], line["state"], line["log.level"]) for line in lines) == [
        ("down", "failed", "warning"),
        ("down", "waiting", "info"),
        ("up", "ready", "info"),
    ]
    assert {(line["confcontract"], line["event.action"]) for line in lines} == {("boot", "check")}
