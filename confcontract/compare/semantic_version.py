"""Parse, order and raise versions by Semantic Versioning 2.0.0 (https://semver.org)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_NUMBER = r"(?:0|[1-9][0-9]*)"
_MARK = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_FORM = re.compile(
    rf"v?({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({_MARK}(?:\.{_MARK})*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)
LONGEST = 256  # characters; real versions are shorter


class Level(StrEnum):
    """The number of a version that is raised."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"
    NONE = "none"

    @property
    def rank(self) -> int:
        """0 is the highest."""
        return list(Level).index(self)


@dataclass(frozen=True)
class SemanticVersion:
    """core: major, minor, patch. marks: of a pre-release, empty for a release. Build metadata does not affect the
    order.
    """

    core: tuple[int, int, int]
    marks: tuple[str, ...] = ()
    build: str = ""

    def __str__(self) -> str:
        text = ".".join(map(str, self.core))
        text += f"-{'.'.join(self.marks)}" if self.marks else ""
        return text + (f"+{self.build}" if self.build else "")

    @property
    def order(self) -> tuple[object, ...]:
        """The sort key: a pre-release comes before its release, numbers before words (section 11)."""
        marks = tuple((0, int(mark), "") if mark.isdigit() else (1, 0, mark) for mark in self.marks)
        return (*self.core, not marks, marks)

    @property
    def is_initial(self) -> bool:
        """Below 1.0.0, where Semantic Versioning guarantees nothing (section 4)."""
        return self.core[0] == 0

    def raised(self, level: Level) -> SemanticVersion:
        """The lowest release that is higher by this level. A pre-release is raised to its own release if that is
        enough.
        """
        major, minor, patch = self.core
        if level is Level.NONE:
            return self
        if self.marks and level.rank >= _step_of(self.core).rank:
            return SemanticVersion(self.core)
        if level is Level.MAJOR:
            return SemanticVersion((major + 1, 0, 0))
        if level is Level.MINOR:
            return SemanticVersion((major, minor + 1, 0))
        return SemanticVersion((major, minor, patch + 1))


def _step_of(core: tuple[int, int, int]) -> Level:
    """The level that was raised to reach this release."""
    if core[2]:
        return Level.PATCH
    return Level.MINOR if core[1] else Level.MAJOR


def parse_version(text: str) -> SemanticVersion:
    """A leading v is allowed. Raises ValueError if the text is not a semantic version."""
    found = _FORM.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise ValueError(text)
    marks = tuple(found[4].split(".")) if found[4] else ()
    return SemanticVersion((int(found[1]), int(found[2]), int(found[3])), marks, found[5] or "")
