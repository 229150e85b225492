"""The dependencies that changed between two images, as entries of a release note."""

from __future__ import annotations

from collections.abc import Iterator, Set

from confcontract.compare.release_note import NoteEntry, NoteKind
from confcontract.image.installed_packages import Release


def dependency_entries(old: Set[Release], new: Set[Release]) -> list[NoteEntry]:
    """One entry for each distribution whose installed releases differ, by name."""
    return list(_entries(old, new))


def _entries(old: Set[Release], new: Set[Release]) -> Iterator[NoteEntry]:
    for name in sorted({name for name, _ in old ^ new}):
        before, now = _versions(old, name), _versions(new, name)
        if not before:
            yield NoteEntry(NoteKind.ADDED, name, f"New dependency, {now}.")
        elif not now:
            yield NoteEntry(NoteKind.REMOVED, name, f"No longer a dependency; it was {before}.")
        else:
            yield NoteEntry(NoteKind.CHANGED, name, f"Dependency, {before} → {now}.")


def _versions(releases: Set[Release], name: str) -> str:
    return " and ".join(sorted(version or "of an unknown version" for own, version in releases if own == name))
