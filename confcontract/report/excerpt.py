"""The line of a file that is wrong, as a report shows it."""

from __future__ import annotations


class Excerpt:
    """Nothing in it is a secret, nor may be one.

    file, line: as an editor takes them, PATH:LINE. text: as much of the line as is shown. start, length: the part of
    the text that is wrong, in characters.
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
