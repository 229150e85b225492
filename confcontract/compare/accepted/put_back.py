"""The values that boot restores in a plan (patterns, functions, shared fields), by place."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    PutBack = dict[Any, Any]  # key → the values below it; None → [kind, data]


def put_back_in(plan: Mapping[str, Any]) -> PutBack:
    """The values that boot restores in a plan, by place."""
    found: PutBack = {}
    for pointer, *put in plan["hydrate"]:
        place = found
        for key in pointer:
            place = place.setdefault(key, {})
        place[None] = put
    return found


def below(put: PutBack | None, *keys: Any) -> PutBack | None:
    for key in keys:
        put = put.get(key) if put else None
    return put


def is_shared(put: PutBack | None) -> bool:
    """Whether the fields of a section are indexes into a table."""
    return bool(put) and (put or {}).get(None, ("",))[0] == "shared"
