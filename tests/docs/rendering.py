"""Markdown through two renderers that agree in little but the essentials: CommonMark with GitHub's tables, and
Python-Markdown, which builds sites."""

from __future__ import annotations

import importlib
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_python_markdown = importlib.import_module("markdown")  # it comes with mkdocs, and without types
RENDERERS = ("commonmark", "python-markdown")


def html(text: str, renderer: str) -> str:
    if renderer == "commonmark":
        return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    return str(_python_markdown.markdown(text, extensions=["tables"]))


class _Reader(HTMLParser):
    """The cells of all tables as text; the text of everything; the names of all elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.text = ""
        self.elements: set[str] = set()
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            self.rows[-1][-1] += data


def read(text: str, renderer: str) -> _Reader:
    reader = _Reader()
    reader.feed(html(text, renderer))
    reader.close()
    return reader


def words(text: str) -> list[str]:
    """What is left of a text when white space does not count."""
    return text.replace("\u00a0", " ").split()
