"""The output of a failed boot: one line for programs, or the lines for a defect of ours."""

from __future__ import annotations

from confcontract.report import exit_codes, terminal
from confcontract.report.problem import ERROR
from confcontract.report.terminal import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from confcontract.report.problem import Problem

_NAME = 60  # characters of a name and a version; each occurs twice, with at most 12 bytes per character
FAILURE_LINE_LIMIT = 4096  # bytes; Kubernetes keeps no more of a termination message


def failure_line(
    problems: Sequence[Problem], exit_code: int, application: tuple[str, str] | None, now: float | None = None
) -> str:
    """The line that a failed boot leaves on stderr and in /dev/termination-log: ASCII JSON without a newline.

    It names the errors in order, as many as fit into 4096 bytes, newline included; "omitted" counts the rest. A name or
    message of unreasonable length is cut. now: the default is time.time().
    """
    import json
    import time

    from confcontract.report import ecs

    errors = [problem for problem in problems if problem.severity == ERROR]
    entries: list[dict[str, Any]] = []
    reason = exit_codes.reason(exit_code)
    service = (_cut(application[0], _NAME), _cut(application[1], _NAME)) if application else None
    worst = next((each.code for each in errors if exit_codes.exit_of(each.code) == exit_code), None)
    line: dict[str, Any] = {
        "confcontract": "boot-failed",
        "exitCode": exit_code,
        "reason": reason,
        "name": service[0] if service else None,
        "version": service[1] if service else None,
        **ecs.common("error", f"boot failed: {reason}", "boot-failed", service, time.time() if now is None else now),
        "error.code": worst or (errors[0].code if errors else None),
        "process.exit_code": exit_code,
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


def _short(text: str | None, limit: int) -> str | None:
    return None if text is None else _cut(text, limit)


def _cut(text: str, limit: int) -> str:
    text = printable(text)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def internal_error(error: BaseException, *, traced: bool) -> str:
    """The lines for a defect of ours: the type, and with tracing (CONFCONTRACT_DEBUG=1) where it happened."""
    lines = [f"confcontract: internal error: {type(error).__name__}"]
    trace = error.__traceback__ if traced else None
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return "\n".join(lines) + "\n"
