"""Which releases of pydantic can be baked with. Importing this module refuses others (BakeRefused, exit 78).

Modules that import pydantic import this one first. Otherwise such a release would fail with missing names, or with
pydantic's own SystemError. Only installed metadata is read; pydantic is not imported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

from confcontract.report.errors import BakeRefused
from confcontract.report.problem import Problem


@dataclass(frozen=True)
class Supported:
    """Releases from `lowest` up to, but not including, `below`; as in pyproject.toml."""

    name: str
    lowest: str
    below: str

    def __str__(self) -> str:
        return f"{self.name}>={self.lowest},<{self.below}"


PYDANTIC = Supported("pydantic", "2.12", "3")
CORE = Supported("pydantic-core", "2.41.1", "3")
SETTINGS = Supported("pydantic-settings", "2.14", "3")


def check() -> None:
    """Raises BakeRefused with all problems of the installed releases."""
    problems = [problem for each in (PYDANTIC, CORE, SETTINGS) if (problem := _out_of_range(each))]
    if not problems and (mixed := _another_core()):
        problems = [mixed]
    if problems:
        raise BakeRefused(*problems)


def lacking(supported: Supported, what: str) -> BakeRefused:
    """For a release in the range that lacks an undocumented name that bake uses."""
    return BakeRefused(
        _problem(
            f"{supported.name} {_installed(supported.name)} lacks what bake needs: {what}",
            f"install {supported.name}=={supported.lowest}, or a later release of confcontract",
        )
    )


def _out_of_range(supported: Supported) -> Problem | None:
    installed = _installed(supported.name)
    if installed is None:
        if find_spec(supported.name.replace("-", "_")):
            return None  # no metadata, as in some bundles: its names are checked anyway
        return _problem(f"{supported.name} is not installed", f"install '{supported}'")
    if _numbers(installed) < _numbers(supported.lowest):
        what = f"{supported.name} {installed} is too old to bake with: {supported.lowest} or a later release is needed"
        return _problem(what, f"install '{supported}'")
    if _numbers(installed) >= _numbers(supported.below):
        what = f"{supported.name} {installed} is too new to bake with: a release below {supported.below} is needed"
        return _problem(what, f"install '{supported}', or a later release of confcontract")
    return None


def _another_core() -> Problem | None:
    """Each pydantic requires one release of its core, and fails with a SystemError with any other."""
    core = _installed(CORE.name)
    for need in requires(PYDANTIC.name) or () if _installed(PYDANTIC.name) else ():
        pinned = re.match(r"pydantic[-_]core\s*\(?==\s*([\w.+!]+)", need)
        if pinned and core and pinned[1] != core:
            pydantic = f"pydantic {_installed(PYDANTIC.name)}"
            what = f"{pydantic} goes with pydantic-core {pinned[1]} only, and pydantic-core {core} is installed"
            return _problem(what, f"install pydantic-core=={pinned[1]}")
    return None


def _problem(what: str, hint: str) -> Problem:
    return Problem("release-unsupported", what, hint=hint)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _numbers(release: str) -> list[int]:
    """2.16.3rc1 counts as 2.16.3, and 3.0a1 as 3. Trailing zeros are ignored."""
    numbers = [int(number) for number in re.findall(r"\d+", re.match(r"[\d.]*", release)[0])]  # type: ignore[index]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers


check()
