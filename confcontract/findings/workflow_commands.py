"""Findings as workflow commands, which the GitHub runner turns into annotations.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from confcontract.findings.in_numbers import Counted
from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING
from confcontract.report import terminal
from confcontract.report.github import escaped, escaped_property

_COMMANDS = {ERROR: "error", REVIEW: "error", WARNING: "warning", INFO: "notice"}


def command_for(finding: Counted, *, blocks: bool) -> str:
    """error, warning or notice. A finding that does not block is not an error."""
    command = _COMMANDS[finding.severity]
    if command == "error" and not blocks:
        return "notice" if finding.approved else "warning"
    return command


def to_do(hint: str | None) -> str:
    return f"do: {hint}" if hint else ""


def workflow_command(command: str, title: str, parts: Iterable[str], place: Mapping[str, str] | None = None) -> str:
    """parts: the lines of the text; empty ones are left out. place: other properties, such as file and line."""
    properties = {**(place or {}), "title": title}
    told = ",".join(f"{key}={escaped_property(_clean(value))}" for key, value in properties.items())
    return f"::{command} {told}::{escaped(chr(10).join(_clean(part) for part in parts if part))}\n"


def _clean(text: str) -> str:
    return terminal.harmless(terminal.printable(text))
