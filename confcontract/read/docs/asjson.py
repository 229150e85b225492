"""The page as JSON, for programs; schemas/docs-v1.schema.json describes it."""

from __future__ import annotations

import json

from confcontract.read.docs.words import PROVENANCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.read.docs.model import Page

_LEAVES = 3  # the document, its members, a section; not a variable
API_VERSION = "confcontract/docs/v1"


def render(page: Page) -> str:
    """The document, with every member of every entry; what does not apply is null, empty or false.

    A variable is one line: a difference names it, and json.dumps with an indent is ten times as slow.
    """
    return _lines(document(page), 0) + "\n"


def _lines(value: Any, depth: int) -> str:
    start, end = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"[{start}{f',{start}'.join(_lines(item, depth + 1) for item in value)}{end}]"
    if isinstance(value, dict) and depth < _LEAVES:
        members = (f"{json.dumps(name)}: {_lines(item, depth + 1)}" for name, item in value.items())
        return f"{{{start}{f',{start}'.join(members)}{end}}}"
    return json.dumps(value, ensure_ascii=False)


def document(page: Page) -> dict[str, Any]:
    """As plain data."""
    data: dict[str, Any] = plain(page)
    keys = {label: key for key, label in PROVENANCE}
    return {"apiVersion": API_VERSION} | data | {"provenance": {keys[label]: text for label, text in page.provenance}}


def plain(value: Any) -> Any:
    """A part of the page as plain data."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")  # a lone surrogate is no JSON
    fields: tuple[str, ...] | None = getattr(value, "_fields", None)
    if fields is not None:
        return {_camel(name): plain(item) for name, item in zip(fields, value, strict=True)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


_CAMEL: dict[str, str] = {}


def _camel(name: str) -> str:
    if name not in _CAMEL:
        first, *rest = name.split("_")
        _CAMEL[name] = first + "".join(word.capitalize() for word in rest)
    return _CAMEL[name]
