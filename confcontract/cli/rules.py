"""`confcontract rules list` and `confcontract rules show`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from confcontract.cli.common import echo

if TYPE_CHECKING:
    from confcontract.compare.rule import CompareRule

rules = typer.Typer(help="The rules by which contracts are compared.", no_args_is_help=True)
_Format = Annotated[Literal["text", "json"], typer.Option(help="Of the answer on stdout.")]


@rules.command("list")
def list_rules(format: _Format = "text") -> None:  # noqa: A002
    """Show all rules, and how much each matters for an upgrade and for a rollback."""
    from confcontract.compare.rules import all_rules

    found = list(all_rules().values())
    if format == "json":
        _json([_plain(rule) for rule in found])
        return
    wide = max(len(rule.id) for rule in found)
    lines = [f"{'RULE':<{wide}}  {'UPGRADE':<8} {'ROLLBACK':<8} WHAT IT FINDS"]
    lines += [f"{rule.id:<{wide}}  {rule.forward.value:<8} {_back(rule):<8} {rule.purpose}" for rule in found]
    echo("\n".join(lines) + "\n")


@rules.command("show")
def show(
    rule: Annotated[str, typer.Argument(metavar="ID", help="Such as ENV_ADDED_REQUIRED.")],
    format: _Format = "text",  # noqa: A002
) -> None:
    """Explain one rule: what it finds, how much it matters, what to do."""
    import os

    from confcontract.report import terminal

    found = _found(rule)
    if format == "json":
        _json(_plain(found))
        return
    color = terminal.wants_color(sys.stdout, os.environ)
    width = min(terminal.width_of(sys.stdout), terminal.WIDEST)
    lines = [terminal.paint(found.id, color, terminal.BOLD)]
    for label, text in _told(found):
        first, *rest = terminal.wrap(text, width - 14)
        lines += [f"  {label:<11} {first}", *(" " * 14 + line for line in rest)]
    echo("\n".join(lines) + "\n")


def _told(rule: CompareRule) -> list[tuple[str, str]]:
    told = [
        ("finds", rule.purpose),
        ("upgrade", rule.forward.value),
        ("rollback", _back(rule)),
        ("but", rule.circumstances),
        ("do", rule.remedy),
        ("do (back)", rule.back_remedy if rule.back_remedy != rule.remedy else ""),
        ("mirror", ", ".join(rule.mirror) or f"none. {rule.no_mirror}"),
    ]
    return [(label, text) for label, text in told if text]


def _back(rule: CompareRule) -> str:
    return "-" if rule.no_mirror else rule.rollback.value


def _found(name: str) -> CompareRule:
    from confcontract.compare.rules import IDS, all_rules
    from confcontract.report.errors import UsageError
    from confcontract.report.problem import Problem
    from confcontract.report.suggestions import closest
    from confcontract.report.terminal import printable

    wanted = name.strip("[] ").upper().replace("-", "_")
    if wanted not in IDS:
        near = closest(wanted, IDS)
        hint = f"did you mean {near}?" if near else "'confcontract rules list' shows all rules"
        raise UsageError(Problem("usage", f"there is no rule {printable(name)!r}", hint=hint))
    return all_rules()[wanted]


def _plain(rule: CompareRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "purpose": rule.purpose,
        "forward": rule.forward.value,
        "rollback": None if rule.no_mirror else rule.rollback.value,
        "circumstances": rule.circumstances or None,
        "remedy": rule.remedy,
        "rollbackRemedy": rule.back_remedy or rule.remedy,
        "mirror": list(rule.mirror),
        "noMirror": rule.no_mirror or None,
    }


def _json(value: Any) -> None:
    import json

    echo(json.dumps(value, indent=2, ensure_ascii=False) + "\n", data=True)
