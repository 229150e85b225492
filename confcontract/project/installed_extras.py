"""The groups and extras that an image installs, in addition to the required dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_INSTALLS = re.compile(r"\b(?:uv (?:sync|export)|poetry (?:install|export)|pdm (?:sync|install|export))\b([^&|;\n]*)")
_GROUPS = re.compile(r"(?:--group|--with|--only)[ =]+[\"']?([\w.,-]+)")
_EXTRAS = re.compile(r"(?:--extras?|-E)[ =]+(?:\"([\w. ,-]+)\"|'([\w. ,-]+)'|([\w.,-]+))")
_OF_PDM = re.compile(r"-G[ =]*([\w.,-]+)")  # PDM has one option for groups and extras
_FOR_DEVELOPERS = ("main", "dev", "develop", "test", "tests", "testing", "lint", "docs", "typing", "ci")


@dataclass(frozen=True)
class Extras:
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()

    def options(self, group: str, extra: str) -> str:
        """The options of a command, with a blank before each."""
        return "".join([*(f" {group} {name}" for name in self.groups), *(f" {extra} {name}" for name in self.extras)])


def extras_of(texts: Iterable[str]) -> Extras:
    """texts: with one instruction per line."""
    options = [found for text in texts for found in _INSTALLS.findall(text)]
    groups = [
        name for each in options for found in (*_GROUPS.findall(each), *_OF_PDM.findall(each)) for name in _names(found)
    ]
    extras = [name for each in options for found in _EXTRAS.findall(each) for name in _names(" ".join(found))]
    return Extras(tuple(dict.fromkeys(groups)), tuple(dict.fromkeys(extras)))


def _names(text: str) -> list[str]:
    return [name for name in re.split(r"[ ,]+", text) if name and name not in _FOR_DEVELOPERS]
