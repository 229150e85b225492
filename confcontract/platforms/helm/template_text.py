"""Text of Helm templates: YAML in which marked places are expressions, and nothing else can be taken for one."""

from __future__ import annotations

import json
import re

from confcontract.platforms.written_yaml import to_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MARK = "zqhelm{}zq"
_BLOCK = re.compile(r"^(?P<indent> *(?:- )?)(?P<key>[\w./-]+): (?P<mark>zqhelm\d+zq)$", re.MULTILINE)


def literal(text: str) -> str:
    """A text that a template outputs unchanged."""
    return text.replace("{{", '{{ "{{" }}')


class Template:
    """Expressions, by the marks that represent them in objects until these are written as YAML."""

    def __init__(self) -> None:
        self._inline: dict[str, str] = {}
        self._blocks: dict[str, str] = {}

    def value(self, expression: str) -> str:
        """A mark for an expression that yields a plain word or a quoted text, or a part of a plain word."""
        return self._mark(self._inline, expression)

    def block(self, expression: str) -> str:
        """A mark, used as a value in a mapping, for an expression that yields lines of YAML."""
        return self._mark(self._blocks, expression)

    def _mark(self, of: dict[str, str], expression: str) -> str:
        mark = _MARK.format(len(self._inline) + len(self._blocks))
        of[mark] = expression
        return mark

    def text(self, node: Any) -> str:
        """The template text of an object with marks."""
        text = literal(to_yaml(node))
        text = _BLOCK.sub(self._lines, text)
        for mark, expression in self._inline.items():
            text = text.replace(f'"{mark}"', mark).replace(mark, f"{{{{ {expression} }}}}")
        return text

    def _lines(self, found: re.Match[str]) -> str:
        if found["mark"] not in self._blocks:
            return found[0]
        indent = len(found["indent"]) + 2
        lines = f"{{{{- {self._blocks[found['mark']]} | trim | nindent {indent} }}}}"
        return f"{found['indent']}{found['key']}:\n{' ' * indent}{lines}"


def quoted(text: str) -> str:
    """A text in an expression."""
    return json.dumps(text)
