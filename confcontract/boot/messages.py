"""Boot's output at its start and its end: text for people, or one JSON object per line."""

from __future__ import annotations

import sys

from confcontract.report.problem import ERROR, INFO
from confcontract.report.terminal import harmless, is_terminal, may_color, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.boot.log import Log
    from confcontract.report.problem import Problem
    from confcontract.verdict.resolution import Resolution


class Messages:
    """How boot writes messages; known before its arguments are parsed, for errors in them.

    json: one JSON object per line. color: whether a terminal gets colours. debug: a defect is reported with its place.
    service: name and version of the application, once they are known.
    """

    __slots__ = ("color", "debug", "json", "service")

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        self.json = _wants_json(arguments, environ)
        self.debug = environ.get("CONFCONTRACT_DEBUG") == "1"
        self.color = may_color(environ)
        self.service: tuple[str, str] | None = None

    def started(self, resolution: Resolution, command: str) -> None:
        """Warnings, and one line about what is started. Notes are only shown on request (--dry-run, validate)."""
        contract = resolution.contract
        warnings = [problem for problem in resolution.problems if problem.severity not in (ERROR, INFO)]
        if self.json:
            self._log().started(resolution, command, warnings)
            return
        if warnings:
            self.problems(warnings)
        what = f"{resolution.words}; starting {command}"
        sys.stderr.write(harmless(printable(f"confcontract: {contract.name} {contract.version}: {what}")) + "\n")

    def explained(self, resolution: Resolution, until: float) -> None:
        """The source of each value, on stdout. until: the deadline for a reader, as time.monotonic()."""
        from confcontract.report.streams import Bounded
        from confcontract.verdict.explain import rows, show

        stdout: Any = Bounded(sys.stdout, until)
        show(rows(resolution), "json" if self.json else "text", stdout, self.color)
        if resolution.problems:
            self.problems(resolution.problems)

    def problems(self, problems: Sequence[Problem], title: str | None = None) -> None:
        """title: of the report for people."""
        if self.json:
            self._log().problems(problems)
            return
        from confcontract.report.formats import print_problems

        print_problems(problems, sys.stderr, title=title, color=self.color and is_terminal(sys.stderr))

    def no_probe(self, reason: str) -> None:
        """Warn that nothing could be stored for `confcontract probe`."""
        self._log().record({"event": "no-probe", "level": "warning", "reason": reason})

    def _log(self) -> Log:
        from confcontract.boot.log import Log

        return Log(sys.stderr, "json" if self.json else "text", self.service)


def _wants_json(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    ours = arguments[: arguments.index("--")] if "--" in arguments else arguments
    given = [later for word, later in zip(ours, [*ours[1:], ""], strict=False) if word == "--log-format"]
    given += [word.partition("=")[2] for word in ours if word.startswith("--log-format=")]
    return (given[-1] if given else environ.get("CONFCONTRACT_LOG_FORMAT")) == "json"
