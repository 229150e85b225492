"""Text of authors and operators, fit to be put into a document."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_KEPT = "\n\u200c\u200d"  # line ends; the joiners, without which scripts and emoji fall apart


def clean(text: str) -> str:
    """Without what can't be seen or turns the text around: such characters become backslash escapes.

    Line ends become "\\n", tabs become blanks.
    """
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(
        character if character.isprintable() or character in _KEPT else _escape(character) for character in text
    )


def spoken(text: str) -> str:
    """Words of an author: a blank that keeps words together is a blank, and a hyphen that may be is none."""
    return text if text.isascii() else text.translate(_TYPOGRAPHY)


_TYPOGRAPHY = {0xA0: " ", 0x202F: " ", 0xAD: None}


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def one_line(text: str) -> str:
    """Clean, with every run of white space made one blank."""
    return " ".join(clean(text).split())


def command_line(words: Iterable[str]) -> str:
    """As a shell takes it: a word with blanks or signs is in quotes."""
    import shlex

    return shlex.join(words)


def listed(words: list[str], last: str = "and") -> str:
    """ "a, b and c"."""
    return " ".join([", ".join(words[:-1]), last, words[-1]]) if len(words) > 1 else "".join(words)
