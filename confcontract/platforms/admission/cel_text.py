"""Values of Python as literals of CEL: https://github.com/google/cel-spec, the part on string and bytes values."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORT = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def text(value: str) -> str:
    """A string in single quotes. Everything but printable ASCII is escaped, so that all readers see the same text."""
    return f"'{''.join(map(_character, value))}'"


def texts(values: Iterable[str]) -> str:
    return f"[{', '.join(map(text, values))}]"


def number(value: float) -> str:
    """A double, also for a whole number: CEL doesn't compare doubles with integers."""
    written = repr(float(value))
    return f"({written})" if value < 0 else written


def integer(value: int) -> str:
    return f"({value})" if value < 0 else str(value)


def every(conditions: Iterable[str]) -> str:
    """The conjunction of expressions, each of which needs no parentheses next to `&&`."""
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
