"""Boot's own lines on stderr while it waits, and its structured form (`--log-format json`)."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TextIO

    from confcontract.report.problem import Problem
    from confcontract.verdict.resolution import Resolution

# Records that report more than a wait.
_FOR_PERSONS_TOO = ("vault-certificate-not-verified", "vault-not-given-back", "vault-redirected")


class Log:
    """Text for people, or one JSON object per line (report/ecs.py). Its input never contains a secret."""

    __slots__ = ("_clock", "_json", "_live", "_service", "_stream", "_terminal")

    def __init__(
        self,
        stream: TextIO,
        log_format: str,
        service: tuple[str, str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """service: name and version of the application, if they are known. clock: as time.time."""
        from confcontract.report.terminal import is_terminal

        self._service = service
        self._clock = clock
        self._stream = stream
        self._json = log_format == "json"
        self._terminal = not self._json and is_terminal(stream)
        self._live = False

    def speak_through(self, stream: TextIO) -> None:
        """From now on write there, one line for each record, because the application has the terminal."""
        self.done()
        self._stream, self._terminal = stream, False

    def waiting(self, text: str) -> bool:
        """Show what is awaited, on a terminal only; `record` reports the attempts. Returns False elsewhere."""
        if not self._terminal:
            return False
        from confcontract.report.terminal import cut, printable, width_of

        self._live = True
        self._write("\r\x1b[K" + cut(printable(text), width_of(self._stream) - 1))
        return True

    def done(self) -> None:
        """Nothing is awaited any longer."""
        if self._live:
            self._live = False
            self._write("\r\x1b[K")

    def record(self, data: dict[str, object]) -> None:
        """One attempt: JSON or, in a log for people, name=value. On a terminal the live line shows it."""
        if self._json:
            others = {name: value for name, value in data.items() if name not in ("event", "level")}
            self.line(
                str(data.get("level", "info")), _pairs({"event": data["event"], **others}), str(data["event"]), others
            )
        elif not self._terminal or data.get("event") in _FOR_PERSONS_TOO:
            self.done()
            self._write(f"confcontract: {_pairs(data)}\n")

    def problems(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            is_named = not problem.variable or problem.variable in problem.message
            subject = "" if is_named else f"{problem.variable}: "
            others = {name: value for name, value in problem.as_dict().items() if name != "message"}
            self.line(problem.severity, subject + problem.message, "problem", others, problem.code)

    def started(self, resolution: Resolution, command: str, warnings: Sequence[Problem]) -> None:
        contract = resolution.contract
        self.problems(warnings)
        self.line(
            "info",
            f"{resolution.words}; starting {command}",
            "starting",
            {
                "name": contract.name,
                "version": contract.version,
                "digest": contract.digest,
                "command": command,
                "deferred": sorted({name for entry in resolution.deferred for name in entry["variables"]}),
            },
        )

    def line(self, level: str, message: str, event: str, others: Mapping[str, object], code: str | None = None) -> None:
        """One JSON object. others: additional members. code: of a problem."""
        import json

        from confcontract.report import ecs
        from confcontract.report.terminal import harmless_json

        data = ecs.common(level, message, event, self._service, self._clock(), code)
        data |= {"confcontract": "boot", **ecs.own(others)}
        self._write(harmless_json(json.dumps(data, ensure_ascii=True, default=str)) + "\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _pairs(data: dict[str, object]) -> str:
    """event name=value name="two words", without those that are None."""
    import json

    words = [str(data.get("event", ""))]
    for name, value in data.items():
        if name == "event" or value is None:
            continue
        given = ",".join(map(str, value)) if isinstance(value, list) else value
        text = given if isinstance(given, str) else json.dumps(given)
        plain = bool(text) and text.isascii() and text.isprintable() and not set(text) & set(' "=\\')
        words.append(f"{name}={text if plain else json.dumps(text)}")
    return " ".join(words).replace("##[", "##\\[")  # which CI runners treat as a command anywhere in a line
