"""Translate a pattern from Rust's dialect for Python's parser, if both can express it."""

from __future__ import annotations

import re

from confcontract.compare.accepted.automaton import Undecidable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_ITS_OWN = "the pattern uses what only the dialect of Rust has"
# One after the other: an escaped character, the start of a group, a count, the start of a class, anything else.
_OUTSIDE = re.compile(r"\\.|\(\?<(?![=!])|\{\s*\d[\d\s]*(?:,[\d\s]*)?\}|\[\^?\]?|.", re.DOTALL)
_IN_CLASS = re.compile(r"\\.|&&|~~|--|.", re.DOTALL)
_ESCAPES = re.compile(r"\\(?:[pP<>]|b\{|[xuU]\{)")  # letters that only Rust's dialect uses


def for_python(pattern: str) -> str:
    """Raises Undecidable for syntax that Python reads differently or not at all: nested sets, names of scripts."""
    return "".join(_translated(pattern))


def _translated(pattern: str) -> Iterator[str]:
    at, in_class = 0, False
    while at < len(pattern):
        found = (_IN_CLASS if in_class else _OUTSIDE).match(pattern, at)
        token = found[0] if found is not None else pattern[at:]
        if _ESCAPES.match(pattern, at) or (in_class and token in ("[", "&&", "~~", "--")):
            raise Undecidable(_OF_ITS_OWN)
        at += len(token)
        if in_class:
            in_class = token != "]"
            yield token
        elif token == r"\z":
            yield r"\Z"
        elif token.startswith("(?<"):
            yield "(?P<"
        elif token.startswith("{"):
            yield re.sub(r"\s", "", token)  # {1, 3} is a count here, and text in Python
        else:
            in_class = token.startswith("[")
            yield token
