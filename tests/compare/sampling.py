"""Environments for the classes of a family, near the bounds of all of them."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from confcontract import Contract
from confcontract.compare.finding import Finding
from confcontract.compare.pairing import names_of
from tests.compare.families import KINDS, TYPED_FILES, Member, Setting, file_of, json_numbers

Environ = dict[str, str]
Files = dict[str, dict[str, Any]]  # kind of file → what it holds
_TEXTS = tuple(
    dict.fromkeys(
        text
        for kind in KINDS
        for text in (*kind.good, *kind.near, "nan", "1__0", "12:30", "a" * 12, " a ", '["aaaa"]', '{"a": "aaaa"}')
    )
)


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
        for inner in (*setting.members, *setting.instead):
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

    def files(self, member: Member, contract: Contract) -> Files:
        """What the files that this class reads may well hold."""
        found: Files = {}
        names = {tuple(each["path"]): each["name"] for each in contract.variables}
        for kind in member.reads:
            some = [each for each in member.settings if self.chance.random() < 0.5 and (each.name,) in names]
            held = found[kind] = {}
            for each in some:
                path = (each.name,)
                if kind not in TYPED_FILES:
                    value: Any = json.dumps(self._members(each, path)) if each.is_section else self._text(each, path)
                    held[names[path]] = value
                else:
                    held[each.aliases[0] if each.aliases else each.name] = (
                        self._members(each, path) if each.is_section else self._json(each, path)
                    )
            if kind in TYPED_FILES and self.chance.random() < 0.05:
                held["nope"] = 1
        return found

    def _members(self, setting: Setting, path: tuple[str, ...]) -> dict[str, Any]:
        """Members of a section, with their types."""
        members = setting.instead if setting.instead and self.chance.random() < 0.5 else setting.members
        return {
            inner.name: self._json(inner, (*path, inner.name))
            for inner in members
            if inner.required or self.chance.random() < 0.7
        }

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
            yield rest
            for section in contract.variables:
                if section["path"] == variable["path"][:-1]:  # set, without this member
                    yield {**rest, section["name"]: "{}"}
            for text in (*self.values.get(path, ()), *_TEXTS):
                yield {**rest, names[-1]: text}
                yield from ({**start, name: text} for name in names[1:])
            for begins in variable.get("open", ()):
                yield from ({**rest, f"{begins}A{more}": text} for more in ("", "__B") for text in ("1", "x", ""))
            if variable["type"]["kind"] == "object":
                yield {**start, f"{names[0]}__NOPE": "x"}
                yield from self._written(path, names[0], start)

    def aimed_files(
        self, member: Member, contract: Contract, start: Environ, files: Files, finding: Finding
    ) -> Iterator[tuple[Environ, Files]]:
        """Environments and files like these that may show what a finding is about, with the value in a file."""
        about = tuple(finding.path.split(".")) if finding.path else ()
        settings = {each.name: each for each in member.settings}
        for variable in contract.variables:
            path = tuple(variable["path"])
            if path[: len(about)] != about[: len(path)] or path[0] not in settings or len(path) > 2:
                continue
            names = tuple(each.upper() for each in names_of(variable))
            rest = {
                name: text
                for name, text in start.items()
                if name.upper().removesuffix("_FILE") not in names and not name.upper().startswith(f"{names[0]}__")
            }
            keys = {kind: _key(settings[path[0]], kind, contract) for kind in member.reads}
            without = {kind: _without(files.get(kind, {}), keys[kind], path[1:]) for kind in member.reads}
            yield rest, without
            texts = (*self.values.get(path, ()), *_TEXTS)
            for kind in member.reads:
                typed = kind in TYPED_FILES
                values = (*texts, *map(json.loads, json_numbers()), [], {}) if typed or path[1:] else texts
                for value in values:
                    held = {**without, kind: _with(without[kind], keys[kind], path[1:], value, typed)}
                    yield rest, held
                    yield {**rest, names_of(variable)[0]: ""}, held  # which may hide it
                for text in self.values.get(path, ())[:4]:  # and in a variable, too
                    held = {**without, kind: _with(without[kind], keys[kind], path[1:], text, typed)}
                    yield from (({**rest, name: text}, held) for name in names_of(variable))
            if variable["type"]["kind"] == "object":
                for kind in member.reads:
                    yield (
                        rest,
                        {
                            **files,
                            kind: _with(files.get(kind, {}), keys[kind], ("nope",), 1, kind in TYPED_FILES),
                        },
                    )

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
            told = self._members(setting, path)
            if self.chance.random() < 0.1:
                told["nope"] = 1
            self._put(by_path[path], json.dumps(told), found, member)
            return
        members = setting.instead if setting.instead and self.chance.random() < 0.5 else setting.members
        for inner in members:
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


def _key(setting: Setting, kind: str, contract: Contract) -> str:
    """What a file calls a setting."""
    if kind in TYPED_FILES:
        return setting.aliases[0] if setting.aliases else setting.name
    return next(str(each["name"]) for each in contract.variables if each["path"] == [setting.name])


def _without(held: Mapping[str, Any], key: str, below: tuple[str, ...]) -> dict[str, Any]:
    if not below or key not in held:
        return {name: value for name, value in held.items() if name != key}
    section, is_text = held[key], isinstance(held[key], str)
    section = _json_object(section) if is_text else section
    fewer = {name: value for name, value in section.items() if name != below[0]}
    return {**held, key: json.dumps(fewer) if is_text else fewer}


def _with(held: Mapping[str, Any], key: str, below: tuple[str, ...], value: Any, typed: bool) -> dict[str, Any]:
    if not below:
        return {**held, key: value}
    section = held.get(key, {} if typed else "{}")
    more = {**(section if typed else _json_object(section)), below[0]: value}
    return {**held, key: more if typed else json.dumps(more)}


def _json_object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def put_files(folder: Path, files: Files) -> None:
    """Leave these files in the folder, and no others of the settings class. Secrets are in files that are called as the
    contract calls the variable: where case matters, another spelling is a name that the class does not know."""
    for kind in TYPED_FILES:
        file = folder / file_of(kind)
        if kind not in files:
            file.unlink(missing_ok=True)
        else:
            file.write_text(_toml(files[kind]) if kind == "toml" else json.dumps(files[kind]), encoding="utf-8")
    secrets = folder / file_of("secrets")
    if secrets.is_dir():
        shutil.rmtree(secrets)
    if "secrets" in files:
        secrets.mkdir()
        for name, text in files["secrets"].items():
            (secrets / name).write_text(text, encoding="utf-8")


def _toml(held: Mapping[str, Any]) -> str:
    return "".join(f"{json.dumps(key)} = {_in_toml(value)}\n" for key, value in held.items() if value is not None)


def _in_toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_in_toml(v)}" for k, v in value.items() if v is not None) + "}"
    return json.dumps(value, ensure_ascii=False)
