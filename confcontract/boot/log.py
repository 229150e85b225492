"""Boot's own lines on stderr while it waits, and its structured form (`--log-format json`)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from confcontract.report.problem import Problem
    from confcontract.verdict.resolution import Resolution

# Of the records, those that tell more than a wait.
_FOR_PERSONS_TOO = ("vault-certificate-not-verified", "vault-not-given-back", "vault-redirected")


class Log:
    """Text for people, or one JSON object a line. Nothing that comes here holds a secret."""

    __slots__ = ("_json", "_live", "_stream", "_terminal")

    def __init__(self, stream: TextIO, log_format: str) -> None:
        from confcontract.report.terminal import is_terminal

        self._stream = stream
        self._json = log_format == "json"
        self._terminal = not self._json and is_terminal(stream)
        self._live = False

    def speak_through(self, stream: TextIO) -> None:
        """From now on what is said goes there, a line for each record: the application has the terminal."""
        self.done()
        self._stream, self._terminal = stream, False

    def waiting(self, text: str) -> bool:
        """What is awaited, where `record` tells the attempts: for a person at a terminal only. False elsewhere."""
        if not self._terminal:
            return False
        from confcontract.report.terminal import cut, printable, width_of

        self._live = True
        self._write("\r\x1b[K" + cut(printable(text), width_of(self._stream) - 1))
        return True

    def done(self) -> None:
        """Nothing is awaited any more."""
        if self._live:
            self._live = False
            self._write("\r\x1b[K")

    def record(self, data: dict[str, object]) -> None:
        """One attempt: JSON or, in a log for people, name=value. On a terminal the live line says as much."""
        if self._json:
            self._line({"level": "info", **data})
        elif not self._terminal or data.get("event") in _FOR_PERSONS_TOO:
            self.done()
            self._write(f"confcontract: {_pairs(data)}\n")

    def problems(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self._line({"level": problem.severity, "event": "problem", **problem.as_dict()})

    def started(self, resolution: Resolution, command: str, warnings: Sequence[Problem]) -> None:
        contract = resolution.contract
        self.problems(warnings)
        self._line(
            {
                "level": "info",
                "event": "starting",
                "name": contract.name,
                "version": contract.version,
                "digest": contract.digest,
                "command": command,
                "deferred": sorted({name for entry in resolution.deferred for name in entry["variables"]}),
            }
        )

    def _line(self, data: dict[str, object]) -> None:
        import json

        from confcontract.report.terminal import harmless_json

        self._write(harmless_json(json.dumps({"confcontract": "boot", **data}, ensure_ascii=True, default=str)) + "\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _pairs(data: dict[str, object]) -> str:
    """event name=value name="two words"; what is None is left out."""
    import json

    words = [str(data.get("event", ""))]
    for name, value in data.items():
        if name == "event" or value is None:
            continue
        given = ",".join(map(str, value)) if isinstance(value, list) else value
        text = given if isinstance(given, str) else json.dumps(given)
        plain = bool(text) and text.isascii() and text.isprintable() and not set(text) & set(' "=\\')
        words.append(f"{name}={text if plain else json.dumps(text)}")
    return " ".join(words).replace("##[", "##\\[")  # which CI runners take for a command, wherever it stands
