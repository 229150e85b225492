"""Findings as text: what the output of diff and audit has in common."""

from __future__ import annotations

from confcontract.findings.severity import ERROR, INFO, REVIEW, WARNING, Severity
from confcontract.report import terminal
from confcontract.report.terminal import paint

_COLORS = {ERROR: terminal.RED, REVIEW: terminal.RED, WARNING: terminal.YELLOW, INFO: terminal.CYAN}
_WIDTH = 8  # width of the severity and the space after it
INDENT = " " * _WIDTH  # indentation of the lines below


def severity_column(severity: Severity, color: bool) -> str:
    return paint(f"{severity.value:<{_WIDTH}}", color, terminal.BOLD, _COLORS[severity])


def how_to_accept(fingerprint: str, color: bool) -> str:
    return paint(f"{INDENT}to accept it: --approve {fingerprint}", color, terminal.DIM)
