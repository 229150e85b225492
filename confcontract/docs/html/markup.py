"""Escaping, and the few elements that the whole page uses."""

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
_COMMAND = re.compile(r"^(\s*)::", re.MULTILINE)  # CI runners treat it as a command
_KEPT = "\n\u200c\u200d"  # line ends; the joiners, because some scripts and emoji break without them
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "\r": "&#13;"})


@cache  # cached: a name occurs six times on its card
def escaped(text: str) -> str:
    """Escape a text for element content and for quoted attributes. Invisible characters become character references,
    because the page may be shown in a terminal.
    """
    if _SPECIAL.search(text):
        text = text.translate(_ENTITIES)
    if not text.isprintable():
        text = "".join(each if each.isprintable() or each in _KEPT else f"&#{ord(each)};" for each in text)
    return _COMMAND.sub(r"\1&#58;:", text).replace("##[", "&#35;#[") if "::" in text or "##[" in text else text


@cache  # cached: two thousand variables share a few words
def shown(text: str) -> str:
    """The same for text to be read: invisible characters and those that change the direction of text become backslash
    escapes.
    """
    return escaped(clean(text))


def code(text: str) -> str:
    return f"<code>{shown(text)}</code>" if text else "the empty text"


def codes(texts: Iterable[str]) -> str:
    return ", ".join(map(code, texts))


def copy_button(text: str, what: str) -> str:
    """A button that copies `text`. `what`, escaped, names the text for people who can't see where the button is."""
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
