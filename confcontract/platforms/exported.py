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
    express, as warnings and notes; with an error among them nothing is written. only_in_folder: files that say how the
    others belong together, which one text of all needs not.
    """

    files: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    only_in_folder: tuple[str, ...] = ()

    @property
    def as_one(self) -> str | None:
        """All of it as one text: the only file, or YAML of several documents. None where that can't be."""
        files = {name: text for name, text in self.files.items() if name not in self.only_in_folder}
        if len(files) == 1:
            return next(iter(files.values()))
        if all(name.endswith((".yaml", ".yml")) for name in files):
            return "---\n".join(files.values())
        return None
