"""Escaping of text in unit files: systemd.syntax(7), systemd.unit(5) on specifiers, systemd.exec(5) on Environment=."""

from __future__ import annotations

import re

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")  # names of variables: systemd ignores all others
_WORD = re.compile(r"[A-Za-z0-9_@:,./+=-]+")
_SPECIAL = re.compile(r"[^ !#$&-\[\]-~]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "%": "%%"}


def quoted(text: str) -> str:
    """One word in double quotes: with C escapes, and every % doubled, so that it begins no specifier."""
    return '"' + _SPECIAL.sub(lambda found: _ESCAPES.get(found[0]) or _seen(found[0]), text) + '"'


def argument(text: str) -> str:
    """One word of a command line, in which a $ has to be doubled as well."""
    return text if _WORD.fullmatch(text) else quoted(text).replace("$", "$$")


def free_text(text: str) -> str:
    """For Description=, which has no quotes: one line, with every % doubled."""
    return text.replace("%", "%%").rstrip("\\")


def assignment(name: str, value: str) -> str:
    """Of Environment=."""
    return quoted(f"{name}={value}")


def _seen(character: str) -> str:
    if character.isprintable():
        return character
    number = ord(character)
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
