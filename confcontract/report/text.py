"""A report for people, on a terminal or in a log.

The first lines contain the first problem and what to do about it: some consoles show only the first lines of a log.
"""

from __future__ import annotations

from confcontract.report import terminal
from confcontract.report.codes import CODES
from confcontract.report.formats import by_severity, hint_of, in_words
from confcontract.report.problem import ERROR, INFO, WARNING
from confcontract.report.terminal import paint, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.report.excerpt import Excerpt
    from confcontract.report.problem import Problem

_SHARED = ("vault-", "store-", "reference-foreign", "seed-not-written", "check-deferred")
_COLORS = {ERROR: terminal.RED, WARNING: terminal.YELLOW, INFO: terminal.CYAN}
_LABELS = {ERROR: "ERROR", WARNING: "WARNING", INFO: "NOTE"}
_INDENT = "  "
_FEWEST = 16  # columns of a paragraph, even on a narrow terminal


def render(problems: Sequence[Problem], *, title: str | None, color: bool, width: int, **_: object) -> str:
    lines = [paint(line, color, terminal.BOLD) for line in terminal.wrap(printable(title), width)] if title else []
    worst = ""
    for severity, _heading, group in by_severity(problems):
        worst = worst or _COLORS[severity]
        for together in _by_cause(group):
            lines += [*_entry(together, severity, color, width), ""]
    if not problems and title:
        lines.append("")
    lines.append(paint(in_words(problems), color, terminal.BOLD, worst or terminal.GREEN))
    if code := _first_code(problems):
        lines.append(f"Help: confcontract problem {code}")
    return "\n".join(terminal.harmless(line.rstrip()) for line in lines) + "\n"


def _first_code(problems: Sequence[Problem]) -> str | None:
    """The code of the first problem that needs action. An error in the command line says itself where its help is."""
    told = [each for severity, _, group in by_severity(problems) if severity != INFO for each in group]
    return told[0].code if told and told[0].code != "usage" else None


def _by_cause(problems: Sequence[Problem]) -> list[list[Problem]]:
    """A problem with Vault, or another store, affects all variables that live there: it is reported once for all of
    them. The same applies to references in another tool's form, the reason why secrets were not written, and a
    validator of many variables."""
    found: dict[object, list[Problem]] = {}
    for number, problem in enumerate(problems):
        shared = problem.variable and problem.code.startswith(_SHARED)
        found.setdefault((problem.code, problem.message) if shared else number, []).append(problem)
    return list(found.values())


def _entry(together: Sequence[Problem], severity: str, color: bool, width: int) -> list[str]:
    problem = together[0]
    hue = _COLORS[severity]
    label = paint(_LABELS[severity], color, terminal.BOLD, hue)
    message = printable(problem.message)
    code = f"[{problem.code}]"
    names = [printable(each.variable) for each in together if each.variable]
    all_names = ", ".join(names)
    is_cut = len(names) > 1 and terminal.columns(f"{_LABELS[severity]}  {all_names}  {code}") > width
    if names:
        shown = f"{names[0]} and {len(names) - 1} more" if is_cut else all_names
        lines = [f"{label}  {paint(shown, color, terminal.BOLD)}"]
        if terminal.columns(f"{_LABELS[severity]}  {shown}  {code}") <= width:
            lines[0] += f"  {paint(code, color, terminal.DIM)}"
        else:
            message += f"  {code}"
        lines += _paragraph(_INDENT, "", message, width)
    else:
        first, *rest = terminal.wrap(f"{_LABELS[severity]}  {message}  {code}", max(width - len(_INDENT), _FEWEST))
        lines = [first.replace(_LABELS[severity], label, 1), *(_INDENT + line for line in rest)]
    hints = {hint_of(each) for each in together}
    if hint := hint_of(problem) if len(hints) == 1 else CODES[problem.code][1]:
        lines += _paragraph(_INDENT, "do:   ", printable(hint), width)
    lines += _sources(together, hue, color, width)
    if is_cut:
        lines += _paragraph(_INDENT, "for:  ", all_names, width)
    return lines


def _sources(together: Sequence[Problem], hue: str, color: bool, width: int) -> list[str]:
    problem = together[0]
    sources = dict.fromkeys(each.source for each in together if each.source)
    if not sources or problem.source_said:
        return []
    if problem.excerpt is not None and len(together) == 1:
        return _excerpt(problem.excerpt, hue, color, width)
    return _paragraph(_INDENT, "from: ", printable(", ".join(sources)), width)


def _excerpt(excerpt: Excerpt, hue: str, color: bool, width: int) -> list[str]:
    """`from: prod.env:3 | SHOP_PORT=99999`, with a mark below the faulty part. On a line of its own if it is too
    long."""
    place = f"{_INDENT}from: {printable(excerpt.place)}"
    end = excerpt.start + excerpt.length
    parts = (excerpt.text[: excerpt.start], excerpt.text[excerpt.start : end], excerpt.text[end:])
    before, wrong, after = map(printable, parts)
    bar = " | "
    lines = [place]
    if terminal.columns(place + bar + before + wrong + after) <= width:
        bar = place + bar
        lines = []
    else:
        bar = _INDENT + " " * 5 + bar
    room = max(width - terminal.columns(bar), _FEWEST)
    lines.append(bar + terminal.cut(before + wrong + after, room))
    start, size = terminal.columns(before), max(terminal.columns(wrong), 1)
    if start < room:
        mark = "^" * min(size, room - start)
        lines.append(" " * (terminal.columns(bar) + start) + paint(mark, color, terminal.BOLD, hue))
    return lines


def _paragraph(indent: str, label: str, text: str, width: int) -> list[str]:
    room = max(width - len(indent) - len(label), _FEWEST)
    first, *rest = terminal.wrap(text, room)
    return [indent + label + first, *(indent + " " * len(label) + line for line in rest)]
