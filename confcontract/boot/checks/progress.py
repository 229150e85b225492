"""Output while checks run: a live line for each on a terminal, otherwise a line for each change."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

WAITING, READY, FAILED, DEGRADED, SKIPPED = "waiting", "ready", "failed", "degraded", "skipped"
_TICK = 1.0  # seconds between two updates of a clock that is shown


class CheckChange:
    """A change of a check's state. seconds: since it began. reason: of a failure, or what was found."""

    __slots__ = ("name", "reason", "seconds", "state", "variable", "where")

    def __init__(
        self,
        name: str,
        state: str,
        *,
        where: str = "",
        variable: str | None = None,
        reason: str = "",
        seconds: float = 0,
    ) -> None:
        self.name = name
        self.state = state
        self.where = where
        self.variable = variable
        self.reason = reason
        self.seconds = seconds

    @property
    def text(self) -> str:
        if self.state == SKIPPED:
            return f"{self.name}: skipped, {self.variable} is not set"
        if self.state == WAITING:
            return f"{self.name}: waiting for {self.where}: {self.reason}"
        if self.state == READY:
            found = f" ({self.reason})" if self.reason else ""
            return f"{self.name}: {self.where} is ready after {seconds_words(self.seconds)}{found}"
        return f"{self.name}: {self.where} {self.state} after {seconds_words(self.seconds)}: {self.reason}"


class Progress:
    """Writes nothing. tick: seconds until the next `redraw`, or None."""

    tick: float | None = None

    def begin(self, names: Sequence[str]) -> None:
        """The checks that start, in this order."""

    def change(self, change: CheckChange) -> None:
        """A change of one of them, or one that is skipped."""

    def redraw(self) -> None:
        """A tick has passed."""

    def done(self) -> None:
        """Nothing is awaited any longer."""


class Lines(Progress):
    """A line for each change: text for people, or one JSON object."""

    def __init__(self, stream: TextIO, *, as_json: bool, service: tuple[str, str] | None = None) -> None:
        self._stream = stream
        self._json = as_json
        self._service = service

    def change(self, change: CheckChange) -> None:
        if self._json:
            from confcontract.boot.log import Log

            others = {
                "check": change.name,
                "state": change.state,
                "variable": change.variable,
                "seconds": round(change.seconds, 3),
            }
            level = "warning" if change.state in (FAILED, DEGRADED) else "info"
            Log(self._stream, "json", self._service).line(level, change.text, "check", others)
            return
        from confcontract.report.terminal import harmless, printable

        self._stream.write(harmless(f"confcontract: {printable(change.text)}") + "\n")
        self._stream.flush()


class Live(Progress):
    """On a terminal: a line for each check, drawn over again with each change, and gone at the end."""

    tick = _TICK

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._began = time.monotonic()
        self._latest: dict[str, CheckChange | None] = {}
        self._drawn = 0

    def begin(self, names: Sequence[str]) -> None:
        self._began = time.monotonic()
        self._latest.update(dict.fromkeys(names))

    def change(self, change: CheckChange) -> None:
        self._latest[change.name] = change
        self.redraw()

    def redraw(self) -> None:
        from confcontract.report.terminal import cut, pad, printable

        columns, rows = _size(self._stream)
        left = [name for name, change in self._latest.items() if change is None or change.state == WAITING]
        others = [name for name in self._latest if name not in left]
        shown = [*left, *others] if len(self._latest) >= rows - 1 else list(self._latest)
        width = min(max((len(name) for name in shown), default=0), 30)
        lines = [f"{pad(cut(printable(name), width), width)}  {printable(self._words(name))}" for name in shown]
        if len(lines) >= rows - 1:
            hidden = len(lines) - (rows - 2)
            lines[rows - 2 :] = [f"... and {hidden} more"]
        self._draw([cut(line, columns - 1) for line in lines])

    def done(self) -> None:
        if self._drawn:
            self._draw([])

    def _words(self, name: str) -> str:
        change = self._latest[name]
        waited = seconds_words(time.monotonic() - self._began)
        if change is None:
            return f"... {waited}"
        if change.state == WAITING:
            return f"... {waited}  {change.where}: {change.reason}"
        if change.state == SKIPPED:
            return f"skipped, {change.variable} is not set"
        found = f"  {change.reason}" if change.reason else ""
        return f"{change.state} after {seconds_words(change.seconds)}{found}"

    def _draw(self, lines: list[str]) -> None:
        """Over what was drawn before: to its first line, erase from there on, rewrite."""
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        self._stream.write(up + "\r\x1b[J" + "".join(line + "\n" for line in lines))
        self._stream.flush()
        self._drawn = len(lines)


def progress_to(stream: TextIO, log_format: str, service: tuple[str, str] | None = None) -> Progress:
    """The kind of progress that suits the stream. log_format: "json" or "text". service: name and version of the
    application.
    """
    from confcontract.report.terminal import is_terminal

    as_json = log_format == "json"
    return Live(stream) if not as_json and is_terminal(stream) else Lines(stream, as_json=as_json, service=service)


def seconds_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def _size(stream: TextIO) -> tuple[int, int]:
    import os

    try:
        found = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return 80, 24
    return found.columns or 80, found.lines or 24
