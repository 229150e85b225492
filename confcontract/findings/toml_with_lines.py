"""A TOML file of the project, with the line of each key for error messages."""

from __future__ import annotations

import os
from typing import Any

from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.report.did_you_mean import closest
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem
from confcontract.verdict.sources.documents.parsed import Document
from confcontract.verdict.sources.documents.toml_text import parse_toml

PROJECT = ("tool", "confcontract")  # in pyproject.toml
_TABLES = ("diff", "drift")  # the names of a project's tables


class TomlSettings:
    """path: the file. code: of the problems in it. Raises ConfigurationInvalid if the file can't be read."""

    def __init__(self, path: str, code: str) -> None:
        self.path, self.code = path, code
        try:
            text = read_source(path).decode("utf-8")
        except Unreadable as error:
            raise self._invalid(f"{path} {error}" if error.of_file else f"{path}: {error}", error.hint) from None
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise self._invalid(f"{path}, line {line}, is not UTF-8", "save it as UTF-8") from None
        self.text = text
        self._document: Document = parse_toml(text)
        for fault in self._document.faults:
            raise self._invalid(f"{path}{fault.place} {fault.message}", fault.hint or "correct the line")

    @property
    def value(self) -> dict[str, Any]:
        value: dict[str, Any] = self._document.value
        return value

    def fault(self, message: str, hint: str, *keys: str | int) -> ConfigurationInvalid:
        """The problem with the value at these keys. message: continues the sentence that begins with the place."""
        return self._invalid(f"{self.path}{self.line(*keys)}: {message}", hint)

    def line(self, *keys: str | int) -> str:
        for size in range(len(keys), 0, -1):
            position = self._document.position(keys[:size])
            if position is not None:
                return f", line {position[0]}"
        return ""

    def table(self, keys: tuple[str, ...], known: tuple[str, ...]) -> dict[str, Any]:
        """The table at these keys, which may have only the known keys; empty if it does not exist.

        Raises ConfigurationInvalid for anything else.
        """
        table: Any = self.value
        for number, key in enumerate(keys, 1):
            table = table.get(key, {})
            if not isinstance(table, dict):
                raise self.fault(f"{'.'.join(keys[:number])} must be a table", "correct it", *keys[:number])
        self.refuse_unknown(table, known, *keys)
        return dict(table)

    def project_table(self, name: str, known: tuple[str, ...]) -> dict[str, Any]:
        """The project's table for one command. Raises ConfigurationInvalid for an unknown key: it may be misspelled,
        and then the rule that the project wants would silently not apply.
        """
        self.table(PROJECT, _TABLES)
        return self.table((*PROJECT, name), known)

    def refuse_unknown(self, table: dict[str, Any], known: tuple[str, ...], *keys: str | int) -> None:
        for name in table:
            if name not in known:
                near = closest(name, known)
                hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
                raise self.fault(f"{name!r} is not known here", hint, *keys, name)

    def _invalid(self, message: str, hint: str) -> ConfigurationInvalid:
        return ConfigurationInvalid(Problem(self.code, message, hint=hint))


def is_there(path: str) -> bool:
    return os.path.lexists(path)
