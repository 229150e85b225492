"""The page as JSON, for programs; schemas/docs-v1.schema.json describes it."""

from __future__ import annotations

import json

from confcontract.read.docs.words import PROVENANCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.read.docs.model import Page

API_VERSION = "confcontract/docs/v1"


def render(page: Page) -> str:
    """The document, with every member of every entry; what does not apply is null, empty or false."""
    return json.dumps(document(page), indent=2, ensure_ascii=False) + "\n"


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
