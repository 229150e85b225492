"""Boot's own lines on stderr while it waits, and its structured form (`--log-format json`)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from confcontract.boot.resolve import Resolution
    from confcontract.problem import Problem


class Log:
    """Text for people, or one JSON object a line. Nothing that comes here holds a secret."""

    __slots__ = ("_json", "_stream")

    def __init__(self, stream: TextIO, log_format: str) -> None:
        self._stream = stream
        self._json = log_format == "json"

    def progress(self, text: str) -> None:
        """What is awaited, for a person."""
        if self._json:
            self._line({"level": "info", "event": "waiting", "message": text})
        else:
            from confcontract.terminal import printable

            self._write(f"confcontract: {printable(text)}\n")

    def record(self, data: dict[str, object]) -> None:
        """One attempt, for a machine."""
        if self._json:
            self._line({"level": "info", **data})

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

        self._write(json.dumps({"confcontract": "boot", **data}, ensure_ascii=True, default=str) + "\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

