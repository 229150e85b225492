"""Text and code in Markdown, escaped so that CommonMark, GitHub's tables and Python-Markdown show exactly what was
written.
"""

from __future__ import annotations

import re
from functools import cache

from confcontract.docs.clean_text import clean

# Backslashes where every dialect supports them, entities elsewhere. An underscore inside a word is not emphasis.
_MARKUP = re.compile(r"[\\`*\[\]]|(?<![^\W_])_|_(?![^\W_])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "~": "&#126;", "$": "&#36;"}
_ENTITY = re.compile(r"[&<>|~$]")
_BLOCK = re.compile(r"^(?:([#+=:-])|(\d+)([.)])(?=\s|$))", re.MULTILINE)
_COMMAND = re.compile(r"^::", re.MULTILINE)  # at the start of a line, CI runners treat it as a command
_SIMPLE = re.compile(r"[^`|\n\\&<>]+")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


@cache  # cached: two thousand variables share a few words
def prose(text: str) -> str:
    """Words without markup. Line ends stay; a blank line begins a paragraph."""
    text = clean(text)
    if text.isalnum():
        return text
    lines = "\n".join(line.strip() for line in text.strip().split("\n"))
    escaped = _MARKUP.sub(r"\\\g<0>", lines)
    escaped = _ENTITY.sub(lambda match: _ENTITIES[match[0]], escaped)
    return _COMMAND.sub("&#58;:", _BLOCK.sub(_harmless, escaped))


def _harmless(match: re.Match[str]) -> str:
    """Escape what would begin a list, a heading or a rule at the start of a line."""
    return f"&#{ord(match[1])};" if match[1] else f"{match[2]}&#{ord(match[3])};"


@cache
def cell(text: str) -> str:
    """Prose in one line of a table."""
    return re.sub(r"\n+", "<br>", prose(text))


@cache
def code(text: str) -> str:
    """Text to be copied. Written as HTML where Markdown has no reliable syntax: pipes in tables,
    backticks, line ends.
    """
    text = clean(text)
    if _SIMPLE.fullmatch(text) and text.strip() == text:
        return f"`{text}`"
    escaped = _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", text)
    escaped = re.sub(r"^ | $|(?<= ) ", "&#160;", escaped)
    return f"<code>{escaped}</code>".replace("\n", "<br>")
