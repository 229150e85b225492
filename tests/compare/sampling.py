"""Environments for the classes of a family, near the bounds of all of them."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from confcontract import Contract
from tests.compare.families import KINDS, Member, Setting, json_numbers

Environ = dict[str, str]


class Sampling:
    """values: path of a setting → texts that some class of the family takes, or nearly."""

    def __init__(self, members: list[Member], number: int, folder: Path) -> None:
        self.chance = random.Random(number)
        self.folder = folder
        self.values: dict[tuple[str, ...], list[str]] = {}
        for member in members:
            for setting in member.settings:
                self._collect(setting, ())
        self.values = {path: list(dict.fromkeys(texts)) for path, texts in self.values.items()}

    def _collect(self, setting: Setting, above: tuple[str, ...]) -> None:
        path = (*above, setting.name)
        for inner in setting.members:
            self._collect(inner, path)
        if not setting.is_section:
            kind = KINDS[setting.kind]
            self.values.setdefault(path, []).extend((*kind.good, *kind.near, "null"))

    def environ(self, member: Member, contract: Contract) -> Environ:
        """One that this class may well take."""
        found: Environ = {}
        by_path = {tuple(each["path"]): each for each in contract.variables}
        for setting in member.settings:
            self._set(setting, (), by_path, found, member)
        if self.chance.random() < 0.1:
            found[f"{member.prefix}NOPE"] = "x"
        return found

    def _set(
        self,
        setting: Setting,
        above: tuple[str, ...],
        by_path: Mapping[tuple[str, ...], Any],
        found: Environ,
        member: Member,
    ) -> None:
        path = (*above, setting.name)
        variable = by_path.get(path)
        if variable is None or (not setting.required and self.chance.random() < 0.35):
            return
        if setting.is_section:
            self._section(setting, path, by_path, found, member)
            return
        self._put(variable, self._text(setting, path), found, member)

    def _section(
        self,
        setting: Setting,
        path: tuple[str, ...],
        by_path: Mapping[tuple[str, ...], Any],
        found: Environ,
        member: Member,
    ) -> None:
        if self.chance.random() < 0.4:
            told = {
                inner.name: self._json(inner, (*path, inner.name))
                for inner in setting.members
                if inner.required or self.chance.random() < 0.7
            }
            if self.chance.random() < 0.1:
                told["nope"] = 1
            self._put(by_path[path], json.dumps(told), found, member)
            return
        for inner in setting.members:
            self._set(inner, path, by_path, found, member)
        if self.chance.random() < 0.05:
            found[f"{by_path[path]['name']}__NOPE"] = "x"

    def _text(self, setting: Setting, path: tuple[str, ...]) -> str:
        own = self.chance.random() < 0.8
        return self.chance.choice(KINDS[setting.kind].good if own else self.values[path])

    def _json(self, setting: Setting, path: tuple[str, ...]) -> Any:
        kind = KINDS[setting.kind]
        text = self._text(setting, path)
        if kind.group == "number" and self.chance.random() < 0.7:
            text = self.chance.choice((*json_numbers(), *kind.good))
        if kind.as_json or (kind.group == "number" and self.chance.random() < 0.7):
            try:
                return json.loads(text)
            except ValueError:
                return text
        return text

    def _put(self, variable: Mapping[str, Any], text: str, found: Environ, member: Member) -> None:
        names = [variable["name"], *variable.get("aliases", ())]
        name = names[0] if self.chance.random() < 0.7 else self.chance.choice(names)
        sensitive = ("case_sensitive", "True") in member.config
        if not sensitive and self.chance.random() < 0.1:
            name = name.lower()
        if self.chance.random() < 0.06 and "\n" not in text:
            file = self.folder / f"value-{abs(hash(text))}"
            file.write_text(text, encoding="utf-8")
            found[f"{name}_FILE"] = str(file)
            return
        found[name] = text
