"""Values of Python as literals of CEL: https://github.com/google/cel-spec, the part on string and bytes values."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORT = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def text(value: str) -> str:
    """A string, between single quotes. What is not printable ASCII is escaped: no reader makes another of it."""
    return f"'{''.join(map(_character, value))}'"


def texts(values: Iterable[str]) -> str:
    return f"[{', '.join(map(text, values))}]"


def number(value: float) -> str:
    """A double, also of a whole number: CEL compares none with an integer."""
    written = repr(float(value))
    return f"({written})" if value < 0 else written


def integer(value: int) -> str:
    return f"({value})" if value < 0 else str(value)


def every(conditions: Iterable[str]) -> str:
    """All of them; each is an expression that needs no parentheses around an `&&`."""
    return " && ".join(conditions) or "true"


def any_of(conditions: Iterable[str]) -> str:
    return " || ".join(conditions) or "false"


def _character(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if " " <= character <= "~":
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
