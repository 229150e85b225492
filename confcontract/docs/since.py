"""What a page says about another version: new, changed and removed variables. All of it may be shown."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

ADDED = "added"
CHANGED = "changed"


class VariableMark(NamedTuple):
    """fate: ADDED or CHANGED. lines: one sentence per change; empty for a new variable."""

    fate: str
    lines: tuple[str, ...]


class RemovedVariable(NamedTuple):
    """lines: what to do about the removal."""

    name: str
    lines: tuple[str, ...]


class Since(NamedTuple):
    """before: name and version of the other contract. marks: variable → what became of it, in the order of the page.

    general: changes that concern no single variable.
    """

    before: str
    marks: Mapping[str, VariableMark]
    removed: tuple[RemovedVariable, ...]
    general: tuple[str, ...]

    def names(self, fate: str) -> list[str]:
        return [name for name, mark in self.marks.items() if mark.fate == fate]
