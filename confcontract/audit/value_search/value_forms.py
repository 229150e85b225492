"""The spellings of a value in a file: as it is, with other line endings, in another encoding, or escaped."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import quote, quote_plus

SHORTEST = 8  # characters; shorter values would be found by chance
LONGEST = 4096  # bytes of a spelling; only the beginning of a longer one is searched for


class ValueForm(StrEnum):
    PLAIN = "as it is"
    LINE_ENDS = "with other line endings"
    BASE64 = "in base64"
    PERCENT = "percent-encoded"
    JSON = "escaped as in JSON"
    HEX = "in hexadecimal"
    UTF_16 = "in UTF-16"

    @property
    def in_lines(self) -> bool:
        """Whether programs break such text into lines of a fixed length, which files may indent."""
        return self in (ValueForm.BASE64, ValueForm.HEX)


def forms_of(value: str) -> dict[bytes, ValueForm]:
    """If several spellings are the same, the first form of `ValueForm` is used."""
    found: dict[bytes, ValueForm] = {}
    for text in _with_line_ends(value):
        raw = text.encode("utf-8", "surrogateescape")
        for form, written in (
            (ValueForm.PLAIN if text == value else ValueForm.LINE_ENDS, [raw]),
            (ValueForm.JSON, _json(text)),
            (ValueForm.PERCENT, _percent(raw)),
            (ValueForm.BASE64, _base64(raw)),
            (ValueForm.HEX, [raw.hex().encode(), raw.hex().upper().encode()]),
            (ValueForm.UTF_16, [text.encode(f"utf-16-{order}", "surrogatepass") for order in ("le", "be")]),
        ):
            for each in written:
                found.setdefault(each[:LONGEST], form)
    return found


def _with_line_ends(value: str) -> Iterable[str]:
    """The value itself, and with the line endings of other systems: a PEM key may be copied with either."""
    plain = value.replace("\r\n", "\n")
    return dict.fromkeys((value, plain, plain.replace("\n", "\r\n")))


def _json(value: str) -> list[bytes]:
    written = [json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]]
    written += [each.replace("/", "\\/") for each in written]
    written += [json.dumps(each)[1:-1] for each in written[:2]]  # JSON within JSON
    return [each.encode("utf-8", "surrogateescape") for each in written]


def _percent(raw: bytes) -> list[bytes]:
    written = [quote(raw, safe=""), quote(raw), quote_plus(raw)]
    return [each.encode() for text in written for each in (text, _lower(text))]


def _lower(text: str) -> str:
    """With lower-case escapes: %2f for %2F."""
    head, *parts = text.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in parts)])


def _base64(raw: bytes) -> list[bytes]:
    """Base64 at each of the three offsets within groups of three bytes, without the characters that also depend on the
    neighbouring bytes; also in the alphabet for URLs."""
    found = []
    for before in range(3):
        encoded = b64encode(b"\0" * before + raw)
        head = (0, 2, 3)[before]
        over = (before + len(raw)) % 3
        whole = encoded[head : len(encoded) - (0, 3, 2)[over]]
        found += [whole, whole.translate(bytes.maketrans(b"+/", b"-_"))]
    return found
