"""The progress bar: on a terminal, in one line, and gone at the end."""

from __future__ import annotations

import io

from confcontract.fleet.progress_bar import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_tells_how_far_it_is_and_leaves_nothing_behind() -> None:
    stream = Terminal()
    bar = ProgressBar(stream, 4)
    for done in range(1, 5):
        bar._next = 0.0  # as if a tenth of a second had passed
        bar.show(done, "1 refused")
    bar.end()
    lines = stream.getvalue().split("\r")
    assert lines[1].startswith("[######..................] 1 of 4, ")
    assert lines[1].endswith("1 refused")
    assert "[########################] 4 of 4; 1 refused" in lines[4]
    assert lines[5].strip() == lines[6] == ""
    assert all(len(line) < 80 for line in lines)


def test_it_says_nothing_elsewhere_nor_more_often_than_is_read() -> None:
    stream, terminal = io.StringIO(), Terminal()
    for bar in (ProgressBar(stream, 1000), ProgressBar(terminal, 1000), ProgressBar(Terminal(), 0)):
        for done in range(1, 1000):
            bar.show(done, "")
        bar.end()
    assert stream.getvalue() == ""
    assert 1 < terminal.getvalue().count("\r") < 100
