"""Problems as text, JSON or GitHub annotations. Collecting them is not done here."""

from __future__ import annotations

from confcontract.report import terminal
from confcontract.report.problem import CODES, ERROR, INFO, WARNING
from confcontract.report.terminal import paint, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TextIO

    from confcontract.contract.artifact import Contract
    from confcontract.report.problem import Problem

FORMATS = ("text", "json", "github")
FAILURE_LINE_LIMIT = 4096  # bytes; what Kubernetes keeps of a termination message

_SEVERITIES = (  # in the order of the report: severity, heading, colour, GitHub's command
    (ERROR, "errors", terminal.RED, "error"),
    (WARNING, "warnings", terminal.YELLOW, "warning"),
    (INFO, "notes", terminal.CYAN, "notice"),
)

_REASONS = {
    64: "the command line is not understood",
    66: "a secret is missing",
    69: "a dependency is not ready",
    70: "a defect in confcontract",
    71: "a limit was reached",
    75: "Vault is unavailable",
    77: "Vault refused",
    78: "the configuration is invalid",
    126: "the command can't be executed",
    127: "the command was not found",
}


def print_problems(
    problems: Sequence[Problem],
    stream: TextIO,
    format: str = "text",  # noqa: A002 - the name of the command line's option
    *,
    title: str | None = None,
    color: bool | None = None,
    width: int | None = None,
    environ: Mapping[str, str] | None = None,
) -> None:
    """Write one report with all problems to the stream.

    color: None means on a terminal, if `environ` is given and neither NO_COLOR nor CI forbids it.
    width: in columns; None means the terminal's, at most 120, or 80 where there is no terminal.
    """
    if color is None:
        color = environ is not None and terminal.wants_color(stream, environ)
    if width is None:
        width = min(terminal.width_of(stream), terminal.WIDEST)
    terminal.write(stream, render(problems, format, title=title, color=color, width=width))


def render(
    problems: Sequence[Problem],
    format: str = "text",  # noqa: A002
    *,
    title: str | None = None,
    color: bool = False,
    width: int = terminal.DEFAULT_WIDTH,
) -> str:
    """The report, ending in a newline. Raises ValueError for a format that is not in `FORMATS`."""
    if format == "text":
        return _text(problems, title, color, width)
    if format == "json":
        return _json(problems)
    if format == "github":
        return _github(problems)
    raise ValueError(f"no such format: {format!r}")


def in_words(problems: Sequence[Problem]) -> str:
    """How many there are of each severity: '2 errors, 1 warning'."""
    counts = [
        f"{count} {heading if count != 1 else heading[:-1]}"
        for severity, heading, _, _ in _SEVERITIES
        if (count := sum(problem.severity == severity for problem in problems))
    ]
    return ", ".join(counts) or "no problems"


def _text(problems: Sequence[Problem], title: str | None, color: bool, width: int) -> str:
    lines = [paint(line, color, terminal.BOLD) for line in terminal.wrap(printable(title), width)] if title else []
    for severity, heading, hue, _ in _SEVERITIES:
        group = [problem for problem in problems if problem.severity == severity]
        if group:
            lines += ["", paint(heading.upper(), color, terminal.BOLD, hue)]
        for together in _by_cause(group):
            lines += _entry(together, hue, color, width)
    worst = next((hue for severity, _, hue, _ in _SEVERITIES if any(p.severity == severity for p in problems)), "")
    lines += ["", paint(in_words(problems), color, terminal.BOLD, worst or terminal.GREEN)]
    if not lines[0]:
        del lines[0]
    return "\n".join(terminal.harmless(line.rstrip()) for line in lines) + "\n"


def _by_cause(problems: Sequence[Problem]) -> list[list[Problem]]:
    """One thing that is wrong with Vault strikes all variables that live there: it is told once, for all of them. So is
    the form of another tool."""
    found: dict[object, list[Problem]] = {}
    for number, problem in enumerate(problems):
        shared = problem.variable and (problem.code.startswith("vault-") or problem.code == "reference-foreign")
        found.setdefault((problem.code, problem.message) if shared else number, []).append(problem)
    return list(found.values())


def _entry(together: Sequence[Problem], hue: str, color: bool, width: int) -> list[str]:
    problem = together[0]
    message = printable(problem.message)
    code = f"[{problem.code}]"
    if problem.variable:
        names = ", ".join(printable(each.variable or "") for each in together)
        *above, last = terminal.wrap(names, max(width - 2, 16))
        lines = [f"  {paint(line, color, terminal.BOLD, hue)}" for line in (*above, last)]
        lines[-1] += f"  {paint(code, color, terminal.DIM)}"
        lines += _paragraph("    ", "", message, width)
    else:
        lines = _paragraph("  ", "", f"{message}  {code}", width)
    sources = dict.fromkeys(each.source for each in together if each.source)
    if sources and not problem.message.startswith(next(iter(sources))):  # said already
        lines += _paragraph("    ", "from: ", printable(", ".join(sources)), width)
    hints = {_hint(each) for each in together}
    if hint := _hint(problem) if len(hints) == 1 else CODES[problem.code][1]:
        lines += _paragraph("    ", "do:   ", printable(hint), width)
    return lines


def _hint(problem: Problem) -> str | None:
    """The problem's own hint; for an error without one, what its code generally asks for."""
    if problem.hint or problem.severity != ERROR or problem.code not in CODES:
        return problem.hint
    return CODES[problem.code][1]


def _paragraph(indent: str, label: str, text: str, width: int) -> list[str]:
    room = max(width - len(indent) - len(label), 16)
    first, *rest = terminal.wrap(text, room)
    return [indent + label + first, *(indent + " " * len(label) + line for line in rest)]


def _json(problems: Sequence[Problem]) -> str:
    import json

    from confcontract.report.errors import exit_code

    counts = {heading: sum(p.severity == severity for p in problems) for severity, heading, _, _ in _SEVERITIES}
    report = {
        "exitCode": exit_code(problems),
        "counts": counts,
        "problems": [
            {key: _decodable(value) for key, value in (problem.as_dict() | {"hint": _hint(problem)}).items()}
            for problem in problems
        ],
    }
    return terminal.harmless_json(json.dumps(report, indent=2)) + "\n"


def _decodable(text: str | None) -> str | None:
    """Undecodable bytes of an environment are lone surrogates, which no JSON reader has to accept."""
    return text if text is None else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _github(problems: Sequence[Problem]) -> str:
    """Workflow commands; the runner turns them into annotations.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    The escapes are those of @actions/core (toolkit, packages/core/src/command.ts).
    """
    return "".join(
        _annotation(problem, command)
        for severity, _, _, command in _SEVERITIES
        for problem in problems
        if problem.severity == severity
    )


def _annotation(problem: Problem, command: str) -> str:
    title = f"{problem.variable} ({problem.code})" if problem.variable else problem.code
    parts = [problem.message]
    if problem.source and not problem.message.startswith(problem.source):
        parts.append(f"from: {problem.source}")
    if hint := _hint(problem):
        parts.append(f"do: {hint}")
    body = "\n".join(terminal.harmless(printable(part)) for part in parts)
    return f"::{command} title={_property(terminal.harmless(printable(title)))}::{_data(body)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def failure_line(problems: Sequence[Problem], exit_code: int, contract: Contract | None) -> str:
    """The line that a failed boot leaves on stderr and in /dev/termination-log: ASCII JSON without a newline.

    It names the errors, in their order, as far as they fit into 4096 bytes, newline included;
    "omitted" counts the rest. A name or message of unreasonable length is cut.
    """
    import json

    errors = [problem for problem in problems if problem.severity == ERROR]
    entries: list[dict[str, Any]] = []
    line: dict[str, Any] = {
        "confcontract": "boot-failed",
        "exitCode": exit_code,
        "reason": _reason(exit_code),
        "name": _short(contract.name, 100) if contract else None,
        "version": _short(contract.version, 100) if contract else None,
        "problems": entries,
        "omitted": len(errors),
    }
    text = terminal.harmless_json(json.dumps(line))
    for problem in errors:
        entry = {
            "code": problem.code,
            "variable": _short(problem.variable, 200),
            "message": _short(problem.message, 400),
        }
        line["problems"], line["omitted"] = [*entries, entry], len(errors) - len(entries) - 1
        longer = terminal.harmless_json(json.dumps(line))
        if len(longer) + 1 >= FAILURE_LINE_LIMIT:
            break
        entries.append(entry)
        text = longer
    return text


def _reason(exit_code: int) -> str:
    if exit_code > 128 and exit_code not in _REASONS:
        return f"ended by signal {exit_code - 128}"
    return _REASONS.get(exit_code, "boot failed")


def _short(text: str | None, limit: int) -> str | None:
    if text is None:
        return None
    text = printable(text)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def internal_error(error: BaseException, environ: Mapping[str, str]) -> str:
    """The lines for a defect of ours: the type, and with CONFCONTRACT_DEBUG=1 where it happened.

    Never the message and never the source lines: either may hold a value.
    """
    lines = [f"confcontract: internal error: {type(error).__name__}"]
    trace = error.__traceback__ if environ.get("CONFCONTRACT_DEBUG") == "1" else None
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return "\n".join(lines) + "\n"
