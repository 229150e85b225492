"""How a value is written into a dotenv file."""

from __future__ import annotations


def quoted(text: str, *, one_line: bool = False) -> str:
    """A value that python-dotenv reads back to the same text. one_line: without line ends in it, as a comment wants.

    Single quotes, where only backslash and quote are escaped; a carriage return, which reading a file would turn into a
    line feed, needs double ones. `${` would still be expanded in either, so that it is broken up by a reference with an
    empty name and "$" as its default.
    """
    text = text.replace("\\", "\\\\")
    if "\r" in text or (one_line and "\n" in text):
        plain = '"' + text.replace('"', '\\"').replace("\r", "\\r") + '"'
        plain = plain.replace("\n", "\\n") if one_line else plain
    else:
        plain = "'" + text.replace("'", "\\'") + "'"
    return plain.replace("${", "${:-$}{")
