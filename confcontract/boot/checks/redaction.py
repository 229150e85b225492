"""Output of programs and drivers without the secrets that they received: whole, escaped, or in pieces.

Text is masked before it is shortened, and pieces of a secret are masked too, because the program may have shortened it.
"""

from __future__ import annotations

from confcontract.report.terminal import cut, printable
from confcontract.verdict.mask import MASK, mask_credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PIECE = 8  # a piece of a secret with this many characters is masked everywhere; shorter secrets only as a whole
_SHORTEST_LINE = 4  # of a secret of several lines
_LARGE = 100_000  # characters; for longer secrets, only the escapes of repr and JSON are searched for
_SHOWN = 300  # characters


def masked(text: str, secrets: Iterable[str]) -> str:
    """One line of printable text without any of the secrets, at most 300 characters of it."""
    return cut(printable(" ".join(mask_credentials(without(text, secrets)).split())), _SHOWN)


def last_line(text: str, secrets: Iterable[str]) -> str:
    """The last non-empty line of an output, masked like `masked`; "" if there is none."""
    lines = without(text, secrets).split("\n")
    return masked(next((line for line in reversed(lines) if line.strip()), ""), ())


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with *** in place of secrets, their escaped forms, and longer pieces of either."""
    whole = {form for secret in set(secrets) if secret for form in _forms(secret)}
    for form in sorted(whole, key=len, reverse=True):
        text = text.replace(form, MASK)
    pieces: dict[str, list[int]] = {}
    for at in range(len(text) - _PIECE + 1):
        pieces.setdefault(text[at : at + _PIECE], []).append(at)
    found: set[int] = set()
    for form in whole:
        for at in range(len(form) - _PIECE + 1):
            if (piece := form[at : at + _PIECE]) in pieces:
                found.update(pieces.pop(piece))
    if not found:
        return text
    covered = {at + more for at in found for more in range(_PIECE)}
    shown: list[str] = []
    for at, character in enumerate(text):
        if at not in covered:
            shown.append(character)
        elif at - 1 not in covered:
            shown.append(MASK)
    return "".join(shown)


def _forms(secret: str) -> Iterator[str]:
    """The forms of a secret: as it is, line by line, and escaped for Python, JSON, URLs and base64."""
    import json

    yield secret
    if "\n" in secret or "\r" in secret:
        yield from (line for line in secret.splitlines() if len(line.strip()) >= _SHORTEST_LINE)
    yield repr(secret)[1:-1]
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    if len(secret) > _LARGE:
        return
    from base64 import b64encode, urlsafe_b64encode
    from html import escape
    from urllib.parse import quote, quote_plus

    raw = secret.encode("utf-8", "surrogateescape")
    yield repr(raw)[2:-1]
    yield escape(secret)
    for safe in ("", "/"):
        yield quote(raw, safe=safe)
        yield quote(raw, safe=safe).replace("%", "%25")
    yield quote_plus(raw)
    if len(raw) >= _SHORTEST_LINE:  # the last characters depend on what follows
        yield b64encode(raw).decode().rstrip("=")
        yield urlsafe_b64encode(raw).decode().rstrip("=")
