"""The page as JSON, for programs; schemas/docs-v1.schema.json describes it."""

from __future__ import annotations

import json
import re

from confcontract.docs.model import VariableEntry
from confcontract.docs.page_words import PROVENANCE
from confcontract.report.terminal import harmless_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.docs.model import Page

_LEAVES = 3  # levels with a line per member: the document, its members, a section; not a variable
API_VERSION = "confcontract/docs/v1"


def render(page: Page) -> str:
    """The document, with every member of every entry. Members that do not apply are null, empty or false.

    Each variable is on one line: a diff then shows its name, and json.dumps with an indent is ten times as slow.
    """
    text = harmless_json(_lines(document(page), 0)) + "\n"
    # json.dumps keeps characters that change text direction or control a terminal, and ones that UTF-8 can't encode
    return text if text.isascii() else re.sub(r"[^\n -~]", _visible, text)


def _visible(match: re.Match[str]) -> str:
    return match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1]


def _lines(value: Any, depth: int) -> str:
    start, end = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if isinstance(value, list) and value:
        return f"[{start}{f',{start}'.join(_lines(item, depth + 1) for item in value)}{end}]"
    if isinstance(value, dict) and depth < _LEAVES:
        members = (f"{json.dumps(name)}: {_lines(item, depth + 1)}" for name, item in value.items())
        return f"{{{start}{f',{start}'.join(members)}{end}}}"
    return _encoded(value)


_encoded = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def document(page: Page) -> dict[str, Any]:
    """The document as plain data."""
    data: dict[str, Any] = plain(page)
    keys = {label: key for key, label in PROVENANCE}
    return {"apiVersion": API_VERSION} | data | {"provenance": {keys[label]: text for label, text in page.provenance}}


def plain(value: Any) -> Any:
    """A part of the page as plain data. A tuple of texts stays, because json.dumps writes it as a list anyway."""
    fields: tuple[str, ...] | None = getattr(value, "_fields", None)
    if fields is not None:
        data = dict(zip(_camels(fields), value, strict=True))
        members = _OF_ENTRIES if type(value) is VariableEntry else data
        for name in members:
            item = data[name]
            if type(item) not in _LEAF and item and (type(item) is not tuple or type(item[0]) is not str):
                data[name] = plain(item)
        return data
    return [plain(item) for item in value] if type(value) is tuple else value


_OF_ENTRIES = ("deprecated", "deferred")  # the members of variables that are not a text, a flag or a tuple of texts
_LEAF = frozenset((str, bool, int, type(None)))
_CAMELS: dict[tuple[str, ...], list[str]] = {}


def _camels(names: tuple[str, ...]) -> list[str]:
    """replaced_by becomes replacedBy."""
    if names not in _CAMELS:
        words = [name.split("_") for name in names]
        _CAMELS[names] = [first + "".join(word.capitalize() for word in rest) for first, *rest in words]
    return _CAMELS[names]
