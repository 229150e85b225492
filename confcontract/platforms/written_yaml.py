"""YAML for people and for every parser: block style, with quotes around every text that YAML 1.1 or 1.2 could read as
another type.

It doesn't use PyYAML, which is an extra, folds long lines, and doesn't quote `y`, `=` and sexagesimal numbers reliably.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Node = str | int | None | Mapping[str, "Node"] | Sequence["Node"]

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*")
_TAKEN_FOR_OTHERS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_SPECIAL = re.compile(r"[^ !#-\[\]-~]")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def to_yaml(node: Node) -> str:
    """One document, without `---`."""
    return "\n".join(_lines(node)) + "\n"


def scalar(text: str) -> str:
    """A text, quoted where it must be."""
    if _PLAIN.fullmatch(text) and text.lower() not in _TAKEN_FOR_OTHERS:
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """A text in double quotes, on one line, with invisible characters escaped."""
    return '"' + _SPECIAL.sub(lambda found: _SHORT.get(found[0]) or _escaped(found[0]), text) + '"'


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _lines(node: Node) -> list[str]:
    if node is None or isinstance(node, (str, int)):
        return [_atom(node)]
    if not node:
        return ["[]" if not hasattr(node, "items") else "{}"]
    found: list[str] = []
    if hasattr(node, "items"):
        for key, value in node.items():
            lines = _lines(value)
            if _stands_below(value):
                found.append(f"{scalar(key)}:")
                found += (f"  {line}" for line in lines)
            else:
                found.append(f"{scalar(key)}: {lines[0]}")
    else:
        for value in node:
            lines = _lines(value)
            found.append(f"- {lines[0]}")
            found += (f"  {line}" for line in lines[1:])
    return found


def _stands_below(node: Node) -> bool:
    return not isinstance(node, (str, int)) and bool(node)


def _atom(node: str | int | None) -> str:
    if isinstance(node, str):
        return scalar(node)
    return {"None": "null", "True": "true", "False": "false"}.get(str(node), str(node))
