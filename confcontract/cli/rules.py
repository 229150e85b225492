"""`confcontract rules list` and `confcontract rules show`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from confcontract.cli.common import echo, usage_error

if TYPE_CHECKING:
    from confcontract.audit.audit_rule import AuditRule
    from confcontract.compare.rule import CompareRule

rules = typer.Typer(help="List and explain the rules of diff and audit.", no_args_is_help=True)
_Format = Annotated[Literal["text", "json"], typer.Option(help="Format of the answer on stdout.")]


@rules.command("list")
def list_rules(
    format: _Format = "text",  # noqa: A002
    command: Annotated[Literal["diff", "audit"], typer.Option(help="The command whose rules to list.")] = "diff",
) -> None:
    """List the rules of diff or audit with their severities; for diff, those for an upgrade and for a rollback."""
    from confcontract.compare.rules import all_rules

    if command == "audit":
        _list_of_audit(format)
        return
    found = list(all_rules().values())
    if format == "json":
        _json([_plain(rule) for rule in found])
        return
    wide = max(len(rule.id) for rule in found)
    lines = [f"{'RULE':<{wide}}  {'UPGRADE':<8} {'ROLLBACK':<8} WHAT IT FINDS"]
    lines += [f"{rule.id:<{wide}}  {rule.forward.value:<8} {_back(rule):<8} {rule.purpose}" for rule in found]
    echo("\n".join(lines) + "\n")


def _list_of_audit(format: str) -> None:  # noqa: A002
    from confcontract.audit.rules import all_audit_rules

    found = list(all_audit_rules().values())
    if format == "json":
        _json([_plain_of_audit(rule) for rule in found])
        return
    wide = max(len(rule.id) for rule in found)
    lines = [f"{'RULE':<{wide}}  {'SEVERITY':<8} WHAT IT FINDS"]
    lines += [f"{rule.id:<{wide}}  {rule.severity.value:<8} {rule.purpose}" for rule in found]
    echo("\n".join(lines) + "\n")


@rules.command("show")
def show(
    rule: Annotated[
        str, typer.Argument(metavar="ID", help="The rule's id, such as ENV_ADDED_REQUIRED or SECRET_IN_ENV.")
    ],
    format: _Format = "text",  # noqa: A002
) -> None:
    """Explain one rule: what it finds, its severity, and what to do."""
    import os

    from confcontract.audit.audit_rule import AuditRule
    from confcontract.report import terminal

    found = _found(rule)
    if format == "json":
        _json(_plain_of_audit(found) if isinstance(found, AuditRule) else _plain(found))
        return
    color = terminal.wants_color(sys.stdout, os.environ)
    width = min(terminal.width_of(sys.stdout), terminal.WIDEST)
    lines = [terminal.paint(found.id, color, terminal.BOLD)]
    for label, text in _told_of_audit(found) if isinstance(found, AuditRule) else _told(found):
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


def _told_of_audit(rule: AuditRule) -> list[tuple[str, str]]:
    return [("finds", rule.purpose), ("severity", rule.severity.value), ("do", rule.remedy)]


def _back(rule: CompareRule) -> str:
    return "-" if rule.no_mirror else rule.rollback.value


def _found(name: str) -> CompareRule | AuditRule:
    from confcontract.audit.rules import IDS as OF_AUDIT
    from confcontract.audit.rules import all_audit_rules
    from confcontract.compare.rules import IDS, all_rules
    from confcontract.report.did_you_mean import closest

    wanted = name.strip("[] ").upper().replace("-", "_")
    if wanted in OF_AUDIT:
        return all_audit_rules()[wanted]
    if wanted not in IDS:
        near = closest(wanted, [*IDS, *OF_AUDIT])
        hint = (
            f"did you mean {near}?"
            if near
            else "'confcontract rules list' shows those of diff, with --command audit of audit"
        )
        raise usage_error(f"there is no rule {name!r}", hint)
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


def _plain_of_audit(rule: AuditRule) -> dict[str, Any]:
    return {"id": rule.id, "purpose": rule.purpose, "severity": rule.severity.value, "remedy": rule.remedy}


def _json(value: Any) -> None:
    import json

    echo(json.dumps(value, indent=2, ensure_ascii=False) + "\n", data=True)
