"""What a variable is called in data with types: in the JSON of its section, and in files of the settings classes."""

from __future__ import annotations

from confcontract.compare.accepted.samples import key_in_data
from confcontract.compare.classes_compared import TYPED_FILES, classes_around

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.compare.accepted.side import Side


def keys_below(side: Side, outermost: int) -> tuple[str, ...] | None:
    """The keys that lead to it, from the outside to the inside, without the first ones of its path."""
    found = [key_at(side, size) for size in range(outermost, len(side.path))]
    return None if None in found else tuple(key for key in found if key is not None)


def key_at(side: Side, size: int) -> str | None:
    """The key of one section on the way to it, or of itself: after so many others."""
    section = side.plan.section_at(side.path[:size])
    if section is None or side.path[size] not in section.fields:
        return None
    field = section.fields[side.path[size]]
    field = side.plan.compiled["shared"][field] if isinstance(field, int) else field
    return key_in_data(field.get("validation_alias"), side.path[size])


def key_paths_in_files(side: Side) -> dict[tuple[str, ...], set[str]]:
    """The keys that lead to it in a file of a settings class around it → the kinds of such files."""
    found: dict[tuple[str, ...], set[str]] = {}
    for outside, program in classes_around(side.plan.contract, side.path):
        kinds = {source["kind"] for source in program.get("sources", ()) if source.get("files") or _is_found(source)}
        keys = keys_below(side, outside) if not kinds.isdisjoint(TYPED_FILES) else None
        if keys is not None:
            found.setdefault(keys, set()).update(kinds.intersection(TYPED_FILES))
    return found


def _is_found(source: Mapping[str, Any]) -> bool:
    """A pyproject.toml is looked for in the folders above, without a name."""
    return bool(source["kind"] == "pyproject")
