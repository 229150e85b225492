"""Patterns that mean the same to Rust's regex crate, to a browser and to RE2, for text of printable ASCII."""

from __future__ import annotations

import re

_QUANTIFIER = r"(?:[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})\??"
_NAMED = r"\\[dswDSW]"
_ESCAPED = r"\\[.\\/*+?()\[\]{}|^$]"
_PADDED = r"\\[-_@:#%=!,; '\"]"  # the backslash has no effect
_IN_CLASS = rf"(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9 _.,:;@#%=!'\"/*+?()$<>{{}}]|{_NAMED}|{_ESCAPED}|{_PADDED})"
_TOKEN = re.compile(
    rf"(?P<class>\[\^?-?{_IN_CLASS}+-?\]|\[\^?-\])(?:{_QUANTIFIER})?"
    rf"|(?P<padded>{_PADDED})(?:{_QUANTIFIER})?"
    rf"|(?:[A-Za-z0-9 _,:;@#%=!'\"/<>.&~-]|{_NAMED}|{_ESCAPED}|\))(?:{_QUANTIFIER})?"
    r"|[$^|]|\((?:\?:)?"
)
_PAD = re.compile(r"\\([_@:#%=!,; '\"])")


def plain(pattern: str) -> str | None:
    """In JavaScript's notation, with the flag u; None if a browser may understand any part differently."""
    found, at = [], 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            return None
        text = token[0]
        if token["padded"]:
            text = text[1:]
        elif token["class"]:
            text = _PAD.sub(r"\1", text)
        found.append(text)
        at = token.end()
    return "".join(found)
