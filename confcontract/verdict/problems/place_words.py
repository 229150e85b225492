"""Places in words: a part within a value, and the source that a value came from."""

from __future__ import annotations

from confcontract.verdict.sources import origin as sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Where


def place_words(parts: tuple[Any, ...]) -> str:
    """A place within a value in words; positions are counted from 1."""
    groups: list[str] = []
    after_name = False
    for part in parts:
        if isinstance(part, int):
            groups.append(f"item {part + 1}")
        elif after_name:
            groups[-1] += f".{part}"
        else:
            groups.append(str(part))
        after_name = isinstance(part, str)
    return ", ".join(groups)


def source_words(
    merged: Merged, name: str, where: Where, place: tuple[Any, ...] = (), variable: str | None = None
) -> str:
    """place: in the settings document; parts of a section's JSON may come from a lower source than the rest. variable:
    see `as_named`."""
    entry = entry_of(merged, name) if where is sources.IN_ENVIRONMENT else None
    if entry is None:
        return where.words_of(name, place, variable)
    return sources.as_named(entry.source_of(place).exactly, name, variable)


def entry_of(merged: Merged, name: str) -> Any:
    for entry in merged.entries.get(merged.declared.identity(name), ()):
        if entry.name == name:
            return entry
    return None
