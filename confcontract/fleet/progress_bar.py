"""Shows the progress of a run on a terminal, in one line that is removed at the end."""

from __future__ import annotations

import time
from typing import TextIO

from confcontract.report.terminal import is_terminal, width_of

_EVERY = 0.1  # seconds
_BAR = 24  # columns


class ProgressBar:
    """Prints nothing if the stream is not a terminal."""

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream, self._total = stream, total
        self._is_shown = is_terminal(stream) and total > 0
        self._began = time.monotonic()
        self._next = self._began
        self._written = 0

    def show(self, done: int, words: str) -> None:
        """done: the number of finished services. words: the results so far."""
        now = time.monotonic()
        if not self._is_shown or (now < self._next and done < self._total):
            return
        self._next = now + _EVERY
        filled = _BAR * done // self._total
        left = (now - self._began) / done * (self._total - done) if done else 0
        soon = f", {left:.0f} s left" if 0 < done < self._total else ""
        line = f"[{'#' * filled}{'.' * (_BAR - filled)}] {done} of {self._total}{soon}; {words}"
        self._write(line[: max(width_of(self._stream) - 1, 20)])

    def end(self) -> None:
        if self._written:
            self._write("")
            self._stream.write("\r")
            self._stream.flush()

    def _write(self, line: str) -> None:
        self._stream.write("\r" + line.ljust(self._written))
        self._stream.flush()
        self._written = len(line)
