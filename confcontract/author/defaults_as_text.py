"""Defaults as text: the text to write into an env file to get the same value again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from confcontract.author.defaults_as_json import project
from confcontract.author.lowering.lower import Path
from confcontract.author.variables import Variable, default_texts


class Texts:
    """`readers`: path → the validators of the field; of several fields, if several models have it."""

    def __init__(self, readers: Mapping[Path, Sequence[Any]]) -> None:
        self._readers = readers

    def default_text(self, variable: Variable) -> str | None:
        """The text that gives this default, or None if none was found."""
        if variable.section or variable.name in variable.within:
            return None
        return next((text for text in default_texts(variable) if self._gives_default(variable, text)), None)

    def _gives_default(self, variable: Variable, text: str) -> bool:
        if "\0" in text:
            return False
        value: Any = text
        if variable.encoding == "json":
            try:
                value = json.loads(text)
            except ValueError:
                if not variable.lenient:
                    return False
        return any(_reads(reader, value, variable.default) for reader in self._readers.get(variable.path, ()))


def _reads(reader: Any, value: Any, default: Any) -> bool:
    try:
        return bool(project(reader.validate_python(value), cleared=True) == default)
    except Exception:  # validators of the application may raise anything
        return False
