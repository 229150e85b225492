"""What a page says of another version: what came, what changed, what is gone. All of it may be shown."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

ADDED = "added"
CHANGED = "changed"


class VariableMark(NamedTuple):
    """fate: ADDED or CHANGED. lines: what changed, a sentence each; none of what is new."""

    fate: str
    lines: tuple[str, ...]


class RemovedVariable(NamedTuple):
    """lines: what to do about it."""

    name: str
    lines: tuple[str, ...]


class Since(NamedTuple):
    """before: name and version of the other contract. marks: variable → what became of it, in the order of the page.

    general: what changed and concerns no variable in particular.
    """

    before: str
    marks: Mapping[str, VariableMark]
    removed: tuple[RemovedVariable, ...]
    general: tuple[str, ...]

    def names(self, fate: str) -> list[str]:
        return [name for name, mark in self.marks.items() if mark.fate == fate]
