"""The explanation of a problem's code, for `confcontract problem`, also in a bundle."""

from __future__ import annotations

from confcontract.report import terminal
from confcontract.report.codes import CODES
from confcontract.report.errors import UsageError
from confcontract.report.exit_codes import exit_of
from confcontract.report.problem import Problem
from confcontract.report.usual_causes import CAUSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LABEL = 10  # columns


def known(code: str) -> str:
    """The code as in the table, from a user's spelling. Raises UsageError if the table has no such code."""
    code = code.strip("[] ").lower().replace("_", "-")
    if code not in CODES:
        from confcontract.report.did_you_mean import closest

        near = closest(code, CODES)
        alike = [name for name in CODES if code and code in name]
        hint = f"there are {', '.join(alike)}" if alike else "'confcontract problem' lists them"
        hint = f"did you mean {near}?" if near else hint
        raise UsageError(Problem("usage", f"there is no problem {code!r}", hint=hint))
    return code


def as_data(code: str) -> dict[str, Any]:
    meaning, remedy = CODES[code]
    return {
        "code": code,
        "meaning": meaning,
        "causes": list(CAUSES.get(code, ())),
        "remedy": remedy,
        "exitCode": exit_of(code),
    }


def as_text(code: str, color: bool, width: int) -> str:
    """Its meaning, its usual causes, what to do."""
    meaning, remedy = CODES[code]
    lines = [terminal.paint(code, color, terminal.BOLD), *_labelled("means", meaning, width)]
    for number, cause in enumerate(CAUSES.get(code, ())):
        lines += _labelled("causes" if not number else "", f"- {cause}", width)
    lines += _labelled("do", remedy, width)
    lines += _labelled("exit", f"{exit_of(code)}, where it is an error", width)
    return "\n".join(lines) + "\n"


def listed(color: bool, width: int) -> str:
    """All codes and their meanings."""
    lines: list[str] = []
    for code, (meaning, _) in CODES.items():
        lines += [terminal.paint(code, color, terminal.BOLD), *_labelled("means", meaning, width)]
    return "\n".join(lines) + "\n"


def _labelled(label: str, text: str, width: int) -> list[str]:
    first, *rest = terminal.wrap(text, width - _LABEL - 2 * text.startswith("- "))
    indent = " " * (_LABEL + 2 * text.startswith("- "))
    return [f"  {label:<{_LABEL - 3}} {first}", *(indent + line for line in rest)]
