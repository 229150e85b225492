"""A report as workflow commands, which GitHub's runner turns into annotations.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
The escapes are those of @actions/core (toolkit, packages/core/src/command.ts).
"""

from __future__ import annotations

from confcontract.report import terminal
from confcontract.report.formats import by_severity, hint_of
from confcontract.report.problem import ERROR, INFO, WARNING
from confcontract.report.terminal import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.report.problem import Problem

_COMMANDS = {ERROR: "error", WARNING: "warning", INFO: "notice"}


def render(problems: Sequence[Problem], **_: object) -> str:
    return "".join(
        _annotation(problem, _COMMANDS[severity]) for severity, _, group in by_severity(problems) for problem in group
    )


def _annotation(problem: Problem, command: str) -> str:
    title = f"{problem.variable} ({problem.code})" if problem.variable else problem.code
    parts = [problem.message]
    if problem.source and not problem.source_said:
        parts.append(f"from: {problem.source}")
    if hint := hint_of(problem):
        parts.append(f"do: {hint}")
    body = "\n".join(terminal.harmless(printable(part)) for part in parts)
    where = ""
    if problem.place:
        file, line = problem.place
        where = f"file={escaped_property(terminal.harmless(printable(file)))},line={line},"
    return f"::{command} {where}title={escaped_property(terminal.harmless(printable(title)))}::{escaped(body)}\n"


def escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(text: str) -> str:
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
