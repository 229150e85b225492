"""Environments for the classes of a family, near the bounds of all of them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from confcontract import Contract
from confcontract.compare.finding import Finding
from confcontract.compare.pairing import names_of
from tests.compare.families import KINDS, Member, Setting, json_numbers

Environ = dict[str, str]
_TEXTS = tuple(dict.fromkeys(text for kind in KINDS for text in (*kind.good, *kind.near, "nan", "12:30", "a" * 12)))


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
            self.values.setdefault(path, []).extend((*kind.good, *kind.near, "null", "", "abcdefgh"))

    def environ(self, member: Member, contract: Contract) -> Environ:
        """One that this class may well take."""
        found: Environ = {}
        by_path = {tuple(each["path"]): each for each in contract.variables}
        for setting in member.settings:
            self._set(setting, (), by_path, found, member)
        if self.chance.random() < 0.1:
            found[f"{member.prefix}NOPE"] = "x"
        return found

    def aimed(self, contract: Contract, start: Environ, finding: Finding) -> Iterator[Environ]:
        """Environments like this one that may show what a finding is about."""
        if not finding.path:
            yield {name.lower(): text for name, text in start.items()}
        about = finding.path.split(".") if finding.path else []
        for variable in contract.variables:
            path = tuple(variable["path"])
            if path[: len(about)] != tuple(about[: len(path)]):
                continue
            names = names_of(variable)
            rest = {name: text for name, text in start.items() if name.upper() not in {each.upper() for each in names}}
            for text in (*self.values.get(path, ()), *_TEXTS):
                yield {**rest, names[-1]: text}
                yield from ({**start, name: text} for name in names[1:])
            if variable["type"]["kind"] == "object":
                yield {**start, f"{names[0]}__NOPE": "x"}
                yield from self._written(path, names[0], start)

    def _written(self, path: tuple[str, ...], name: str, start: Environ) -> Iterator[Environ]:
        """With more in the JSON of a section."""
        apart = {key: text for key, text in start.items() if key.upper() != name.upper()}
        section = dict(_json_object(start.get(name, "{}")))
        yield {**apart, name: json.dumps({**section, "nope": 1})}
        for inner, texts in self.values.items():
            if len(inner) == len(path) + 1 and inner[: len(path)] == path:
                for value in (*texts, *map(json.loads, json_numbers()), [], {}, *_TEXTS):
                    yield {**apart, name: json.dumps({**section, inner[-1]: value})}

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
        for other in names_of(variable)[1:]:
            if self.chance.random() < 0.4:
                found[other] = self._text(setting, path)

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


def _json_object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
