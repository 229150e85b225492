"""Texts of authors and operators, made safe for a document."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_KEPT = "\n\u200c\u200d"  # line ends; the joiners, because some scripts and emoji break without them


def clean(text: str) -> str:
    """Replace invisible characters and those that change the direction of text with backslash escapes.

    Line ends become a newline, tabs become blanks.
    """
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(
        character if character.isprintable() or character in _KEPT else _escape(character) for character in text
    )


def spoken(text: str) -> str:
    """The words of an author with plain characters: a no-break space becomes a blank, and a soft hyphen is removed."""
    return text if text.isascii() else text.translate(_TYPOGRAPHY)


_TYPOGRAPHY = {0xA0: " ", 0x202F: " ", 0xAD: None}


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def one_line(text: str) -> str:
    """Clean text, with every run of white space replaced by one blank."""
    return " ".join(clean(text).split())


def command_line(words: Iterable[str]) -> str:
    """The command as a shell accepts it: words with blanks or special characters are quoted."""
    import shlex

    return shlex.join(words)


def listed(words: list[str], last: str = "and") -> str:
    """ "a, b and c"."""
    return " ".join([", ".join(words[:-1]), last, words[-1]]) if len(words) > 1 else "".join(words)
