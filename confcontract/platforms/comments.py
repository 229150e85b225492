"""Text of a contract as comments in a file."""

from __future__ import annotations

from confcontract.report.terminal import harmless, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

WIDTH = 100  # longer lines are folded


def one_line(text: str) -> str:
    """With every run of white space replaced by one blank, and without invisible characters."""
    return printable(" ".join(text.split()))


def comment(text: str, indent: str = "") -> list[str]:
    """The text as lines that begin with `# `. A word is never cut."""
    lines: list[str] = []
    for word in one_line(text).split(" ") if text.strip() else ():
        if lines and len(lines[-1]) + len(word) < WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{indent}# {word}")
    return [harmless(line) for line in lines]


def about(variable: Mapping[str, Any]) -> str:
    """A variable in one sentence: its purpose, and the values that it accepts."""
    description = one_line(variable.get("description", "")).rstrip(".")
    kind = one_line(variable["type"]["text"])
    return f"{description} ({kind})" if description else kind
