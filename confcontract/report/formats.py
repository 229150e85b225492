"""The formats of a report, and how a report is written. Problems are collected elsewhere. A new format also becomes a
choice of `validate` and `drift`; findings of `diff` and `audit` have formats of their own."""

from __future__ import annotations

from confcontract.report import terminal
from confcontract.report.codes import CODES
from confcontract.report.problem import ERROR, INFO, WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TextIO

    from confcontract.report.problem import Problem

# Each is a module of this name with a function `render`, imported when the format is requested.
_MODULES = {"text": "text", "json": "asjson", "github": "github"}
FORMATS = (*_MODULES,)

# In the order of a report: the severity, and its word for a number of problems.
HEADINGS = ((ERROR, "errors"), (WARNING, "warnings"), (INFO, "notes"))


def print_problems(
    problems: Sequence[Problem],
    stream: TextIO,
    format: str = "text",  # noqa: A002 - the name of the command line's option
    *,
    title: str | None = None,
    color: bool | None = None,
    width: int | None = None,
    environ: Mapping[str, str] | None = None,
    code: int | None = None,
) -> None:
    """Write one report with all problems to the stream.

    color: None means on a terminal, if `environ` is given and neither NO_COLOR nor CI forbids it. width: in columns;
    None means the terminal's, at most 120, or 80 without a terminal. code: see `render`.
    """
    if color is None:
        color = environ is not None and terminal.wants_color(stream, environ)
    if width is None:
        width = min(terminal.width_of(stream), terminal.WIDEST)
    terminal.write(stream, render(problems, format, title=title, color=color, width=width, code=code))


def render(
    problems: Sequence[Problem],
    format: str = "text",  # noqa: A002
    *,
    title: str | None = None,
    color: bool = False,
    width: int = terminal.DEFAULT_WIDTH,
    code: int | None = None,
) -> str:
    """The report, ending in a newline. Raises ValueError for a format that is not in `FORMATS`.

    title, color, width: only for a report for people. code: the command's exit code, for programs; None means the exit
    code of the problems.
    """
    if format not in _MODULES:
        raise ValueError(f"no such format: {format!r}")
    name = f"confcontract.report.{_MODULES[format]}"
    module = __import__(name, fromlist=["render"])
    text: str = module.render(problems, title=title, color=color, width=width, code=code)
    return text


def by_severity(problems: Sequence[Problem]) -> Iterator[tuple[str, str, list[Problem]]]:
    """Severity, heading and problems, for each severity that occurs, the worst first."""
    for severity, heading in HEADINGS:
        group = [problem for problem in problems if problem.severity == severity]
        if group:
            yield severity, heading, group


def in_words(problems: Sequence[Problem]) -> str:
    """The number of problems of each severity: '2 errors, 1 warning'."""
    counts = [
        f"{len(group)} {heading if len(group) != 1 else heading[:-1]}" for _, heading, group in by_severity(problems)
    ]
    return ", ".join(counts) or "no problems"


def hint_of(problem: Problem) -> str | None:
    """The problem's own hint; for an error without a hint, the general one of its code."""
    if problem.hint or problem.severity != ERROR or problem.code not in CODES:
        return problem.hint
    return CODES[problem.code][1]
