"""Compares the proposed files with the existing ones: which are new, which differ, and which are written."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from confcontract.host.writing import InTheWay, write_all
from confcontract.project.dockerfile_text import dockerfile, dockerignore
from confcontract.project.locked import MAKEFILES, WRITTEN_BY_US
from confcontract.project.makefile_text import makefile
from confcontract.project.smoke_text import SCRIPT, VALUES, smoke_script, smoke_values
from confcontract.project.workflow_text import PATH, workflow
from confcontract.verdict.mask import MASK
from confcontract.verdict.masked_commands import is_secret_in, mask_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.project.image_plan import ImagePlan

MAKEFILE, OWN_MAKEFILE = MAKEFILES
_OLD_FORM = re.compile(r"\s*(?:ENV|ARG)\s+(?P<name>\w+)\s+(?=\S)", re.IGNORECASE)  # ENV NAME the value


@dataclass(frozen=True)
class ProposedFile:
    """path: relative to the project. there: the current content of the file, or None. program: the file is executable.

    secrets: names of variables that are secret, whatever their names look like.
    """

    path: str
    text: str
    there: str | None
    program: bool = False
    secrets: frozenset[str] = frozenset()

    @property
    def changes(self) -> bool:
        return self.there != self.text

    def diff(self) -> str:
        """A unified diff from the existing file to the proposed one, without possible secrets of the existing file."""
        old, new = ((text or "").splitlines(keepends=True) for text in (self.there, self.text))
        known = set(new)
        old = [line if line in known else _masked(line, self.secrets) for line in old]
        lines = difflib.unified_diff(old, new, f"{self.path} (as it is)", f"{self.path} (proposed)")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def proposed(folder: Path, plan: ImagePlan) -> list[ProposedFile]:
    """In a useful reading order. Raises OSError."""
    lines = _makefile_of(folder)
    texts = {
        "Dockerfile": dockerfile(plan),
        ".dockerignore": dockerignore(plan),
        lines: makefile(plan),
        SCRIPT: smoke_script(plan),
        VALUES: _read(folder / VALUES) or smoke_values(plan),  # only a start, whose values the project then maintains
        PATH: workflow(plan, lines),
    }
    return [
        ProposedFile(path, text, _read(folder / path), path.endswith(".sh"), plan.secrets)
        for path, text in texts.items()
    ]


def write(folder: Path, files: Sequence[ProposedFile]) -> None:
    """Writes all files, or none. Raises OSError."""
    made: list[Path] = []
    try:
        for place in (place for file in files for place in _missing_folders(folder, file)):
            place.mkdir(exist_ok=True)
            made.append(place)
        contents = {str(folder / file.path): file.text.encode() for file in files}
        write_all(contents, programs=[str(folder / file.path) for file in files if file.program])
    except OSError:
        for place in reversed(made):
            place.rmdir()
        raise


def _missing_folders(folder: Path, file: ProposedFile) -> list[Path]:
    """The missing folders, outermost first. Raises OSError."""
    target = folder / file.path
    if not target.parent.resolve().is_relative_to(folder.resolve()):
        raise InTheWay(str(target), "a link points outside of the project")
    return [place for place in reversed(target.parents) if place.is_relative_to(folder) and not place.exists()]


def _makefile_of(folder: Path) -> str:
    there = _read(folder / MAKEFILE)
    return MAKEFILE if there is None or WRITTEN_BY_US in there.partition("\n")[0] else OWN_MAKEFILE


def _read(path: Path) -> str | None:
    if not path.exists():
        return None
    if not path.is_file():  # a FIFO would never end
        raise InTheWay(str(path), "is not a file")
    return path.read_text(encoding="utf-8", errors="replace")


def _masked(line: str, secrets: frozenset[str]) -> str:
    old_form = _OLD_FORM.match(line)
    if old_form and is_secret_in(old_form["name"], secrets):
        return f"{old_form[0]}{MASK}\n"
    return mask_command(line, secrets)
