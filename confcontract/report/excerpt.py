"""The faulty line of a file, as a report shows it."""

from __future__ import annotations


class Excerpt:
    """It contains nothing that is, or may be, a secret.

    file, line: in an editor's form, PATH:LINE. text: the shown part of the line. start, length: the faulty part of the
    text, in characters.
    """

    __slots__ = ("file", "length", "line", "start", "text")

    def __init__(self, file: str, line: int, text: str, start: int, length: int) -> None:
        self.file = file
        self.line = line
        self.text = text
        self.start = start
        self.length = length

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"
