"""A report for people, on a terminal or in a log."""

from __future__ import annotations

from confcontract.report import terminal
from confcontract.report.codes import CODES
from confcontract.report.formats import by_severity, hint_of, in_words
from confcontract.report.problem import ERROR, INFO, WARNING
from confcontract.report.terminal import paint, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.report.problem import Problem

_SHARED = ("vault-", "store-", "reference-foreign", "seed-not-written")
_COLORS = {ERROR: terminal.RED, WARNING: terminal.YELLOW, INFO: terminal.CYAN}


def render(problems: Sequence[Problem], *, title: str | None, color: bool, width: int, **_: object) -> str:
    lines = [paint(line, color, terminal.BOLD) for line in terminal.wrap(printable(title), width)] if title else []
    worst = ""
    for severity, heading, group in by_severity(problems):
        hue = _COLORS[severity]
        worst = worst or hue
        lines += ["", paint(heading.upper(), color, terminal.BOLD, hue)]
        for together in _by_cause(group):
            lines += _entry(together, hue, color, width)
    lines += ["", paint(in_words(problems), color, terminal.BOLD, worst or terminal.GREEN)]
    if not lines[0]:
        del lines[0]
    return "\n".join(terminal.harmless(line.rstrip()) for line in lines) + "\n"


def _by_cause(problems: Sequence[Problem]) -> list[list[Problem]]:
    """One thing that is wrong with Vault, or another store, strikes all variables that live there: it is reported once,
    for all of them. So is the form of another tool, and why secrets were not written."""
    found: dict[object, list[Problem]] = {}
    for number, problem in enumerate(problems):
        shared = problem.variable and problem.code.startswith(_SHARED)
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
    if sources and not problem.source_said:
        lines += _paragraph("    ", "from: ", printable(", ".join(sources)), width)
    hints = {hint_of(each) for each in together}
    if hint := hint_of(problem) if len(hints) == 1 else CODES[problem.code][1]:
        lines += _paragraph("    ", "do:   ", printable(hint), width)
    return lines


def _paragraph(indent: str, label: str, text: str, width: int) -> list[str]:
    room = max(width - len(indent) - len(label), 16)
    first, *rest = terminal.wrap(text, room)
    return [indent + label + first, *(indent + " " * len(label) + line for line in rest)]
