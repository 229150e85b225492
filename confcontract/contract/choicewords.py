"""One of the values that a variable may have, in words: quoted if it would be invisible otherwise."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def choice_words(value: Any) -> str:
    """A text as it is; quoted if it is empty, begins or ends with a blank, or contains unprintable characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and (value != value.strip() or not value or not value.isprintable()):
        import json

        return json.dumps(value, ensure_ascii=not value.isprintable())
    return str(value)
