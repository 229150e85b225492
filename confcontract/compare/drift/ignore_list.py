"""The names and paths that a project wants to ignore: [tool.confcontract.drift] in its pyproject.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from confcontract.findings.toml_with_lines import PROJECT, TomlSettings, is_there
from confcontract.report.problem import WARNING, Problem

INVALID = "drift-settings-invalid"
_AT = (*PROJECT, "drift")
_KNOWN = ("ignore", "exclude")

# The environment variables of POSIX (XBD, chapter 8): the system sets them, and no application declares them.
OF_THE_SYSTEM = frozenset(
    ("COLUMNS", "EDITOR", "HOME", "LANG", "LANGUAGE", "LINES", "LOGNAME", "PAGER", "PATH", "PWD", "SHELL", "TERM")
    + ("TMPDIR", "TZ", "USER", "VISUAL", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC")
    + ("LC_TIME",)
)


@dataclass
class IgnoreList:
    """reasons: name, or prefix with a trailing `*` → why the contract need not declare it. excluded: patterns of paths.
    Used entries are recorded, so that unused ones can be reported.
    """

    reasons: Mapping[str, str] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    path: str = ""
    _used: set[str] = field(default_factory=set)

    def ignores(self, name: str) -> bool:
        for pattern in self.reasons:
            if name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1])):
                self._used.add(pattern)
                return True
        return name in OF_THE_SYSTEM

    def excludes(self, path: str) -> bool:
        """path: of a file or directory, relative to the working directory."""
        found = [each for each in self.patterns if fnmatchcase(path, each.rstrip("/"))]
        self._used.update(found)
        return bool(found)

    def unused(self) -> list[Problem]:
        """Entries that ignored nothing."""
        return [
            Problem(
                "drift-unused",
                f"{each} in [{'.'.join(_AT)}] matches nothing",
                source=self.path,
                hint="remove it, or correct it",
                severity=WARNING,
            )
            for each in (*self.reasons, *self.patterns)
            if each not in self._used
        ]


def ignore_list(path: str = "pyproject.toml") -> IgnoreList:
    """The list of the project in the working directory; an empty one if the file or the table does not exist.

    Raises ConfigurationInvalid, with file and line, for an invalid entry.
    """
    if not is_there(path):
        return IgnoreList()
    read = TomlSettings(path, INVALID)
    table = read.project_table(_AT[-1], _KNOWN)
    return IgnoreList(_reasons(read, table.get("ignore", {})), _patterns(read, table.get("exclude", [])), path)


def _reasons(read: TomlSettings, table: Any) -> dict[str, str]:
    at = (*_AT, "ignore")
    if not isinstance(table, dict):
        raise read.fault('ignore must be a table of NAME = "reason"', "correct it", *at)
    for name, reason in table.items():
        if not isinstance(reason, str) or not reason.strip():
            raise read.fault(
                f"{name} needs a reason", f'write {name} = "why the contract does not declare it"', *at, name
            )
        if not name.strip("*") or "*" in name[:-1]:
            raise read.fault(f"{name!r} is neither a name nor a name prefix", "write NAME or BEGINNING*", *at, name)
    return dict(table)


def _patterns(read: TomlSettings, listed: Any) -> tuple[str, ...]:
    at = (*_AT, "exclude")
    if not isinstance(listed, list) or not all(isinstance(each, str) and each.strip("/") for each in listed):
        raise read.fault("exclude must be a list of paths", 'for example exclude = ["tests", "scripts/*.py"]', *at)
    return tuple(listed)
