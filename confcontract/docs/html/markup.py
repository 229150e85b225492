"""Escaping, and the few elements that occur everywhere on the page."""

from __future__ import annotations

import re
from functools import cache

from confcontract.contract.jsontext import dumps
from confcontract.docs.clean_text import clean
from confcontract.report.terminal import harmless_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_SPECIAL = re.compile("[&<>\"'\r]")
_COMMAND = re.compile(r"^(\s*)::", re.MULTILINE)  # what CI runners take for a command
_KEPT = "\n\u200c\u200d"  # line ends; the joiners, without which scripts and emoji fall apart
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "\r": "&#13;"})


@cache  # a name stands in six places of its card
def escaped(text: str) -> str:
    """Fit for text and for the value of an attribute in quotes. What can't be seen is given by its number: the page may
    be shown in a terminal."""
    if _SPECIAL.search(text):
        text = text.translate(_ENTITIES)
    if not text.isprintable():
        text = "".join(each if each.isprintable() or each in _KEPT else f"&#{ord(each)};" for each in text)
    return _COMMAND.sub(r"\1&#58;:", text).replace("##[", "&#35;#[") if "::" in text or "##[" in text else text


@cache  # two thousand variables say the same few words
def shown(text: str) -> str:
    """The same for text to be read: what can't be seen, or turns text around, becomes a backslash escape."""
    return escaped(clean(text))


def code(text: str) -> str:
    return f"<code>{shown(text)}</code>" if text else "the empty text"


def codes(texts: Iterable[str]) -> str:
    return ", ".join(map(code, texts))


def copy_button(text: str, what: str) -> str:
    """A button that copies `text`; `what`, escaped, names it for whoever can't see where it stands."""
    return (
        f'<button type="button" class="copy" data-copy="{escaped(text)}" aria-label="Copy {what}" title="Copy {what}">'
        "</button>"
    )


def data_block(identity: str, data: Any) -> str:
    """JSON inside the page: no text in it can end the element or begin another."""
    text = dumps(data)
    if not text.isprintable():
        import json

        text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    text = harmless_json(text)
    for character in ("<", ">", "&"):
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/json" id="{identity}">{text}</script>'
