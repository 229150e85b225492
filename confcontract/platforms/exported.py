"""The result of an export: files, and problems to report."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.report.problem import Problem


@dataclass(frozen=True, slots=True)
class Exported:
    """files: path below the folder → text; in reading order. problems: what the target can't express, as warnings and
    notes; if one is an error, nothing is written. only_in_folder: files that connect the others, which are not needed
    if all of it is one text.
    """

    files: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    only_in_folder: tuple[str, ...] = ()

    @property
    def as_one(self) -> str | None:
        """Everything as one text: the only file, or several YAML documents. None if that is not possible."""
        files = {name: text for name, text in self.files.items() if name not in self.only_in_folder}
        if len(files) == 1:
            return next(iter(files.values()))
        if all(name.endswith((".yaml", ".yml")) for name in files):
            return "---\n".join(files.values())
        return None
