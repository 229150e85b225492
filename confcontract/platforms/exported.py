"""What an export gives: files, and what is to be said about them."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.report.problem import Problem


@dataclass(frozen=True, slots=True)
class Exported:
    """files: path below the folder → text; in the order in which they are read. problems: what the target can't
    express, as warnings and notes; with an error among them nothing is written.
    """

    files: Mapping[str, str]
    problems: tuple[Problem, ...] = ()

    @property
    def as_one(self) -> str | None:
        """All of it as one text: the only file, or YAML of several documents. None where that can't be."""
        if len(self.files) == 1:
            return next(iter(self.files.values()))
        if all(name.endswith((".yaml", ".yml")) for name in self.files):
            return "---\n".join(self.files.values())
        return None
