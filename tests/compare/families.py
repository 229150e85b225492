"""Families of settings classes: one that is drawn, and others that differ from it in one thing or a few.

Everything is drawn from a seeded generator, so that a number names a family. The classes print themselves as Python.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

PRELUDE = """\
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, JsonConfigSettingsSource, SettingsConfigDict
from pydantic_settings import TomlConfigSettingsSource, YamlConfigSettingsSource

from confcontract import Separated


class Level(Enum):
    LOW = "low"
    HIGH = "high"


class Wide(Enum):
    LOW = "low"
    HIGH = "high"
    TOP = "top"
"""


@dataclass(frozen=True)
class Kind:
    """A type: its source, texts that it takes, and texts that are near its bounds. group: types that it may turn into.
    as_json: whether a text is JSON already."""

    source: str
    good: tuple[str, ...]
    near: tuple[str, ...] = ()
    group: str = ""
    as_json: bool = False


def _ints() -> Iterator[Kind]:
    for low, high in ((0, 10), (1, 10), (1, 9), (-5, 100)):
        good = (str(low), str(high), "5", "+5", " 7 ", "5.0")
        yield Kind(f"Annotated[int, Field(ge={low}, le={high})]", good, (str(low - 1), str(high + 1)), "number")


KINDS = (
    *_ints(),
    Kind("int", ("0", "-1", "1_000", "007"), ("1.5", "x"), "number"),
    Kind("float", ("0", "1.5", "-0.5", "1e3"), ("inf", "x"), "number"),
    Kind("Annotated[float, Field(gt=0)]", ("0.1", "5", "1e3"), ("0", "-0.1"), "number"),
    Kind("Decimal", ("0", "1.50", "5"), ("inf", "x"), "number"),
    Kind("bool", ("1", "0", "true", "off", "Y"), ("2", "x"), "number"),
    Kind("int | None", ("5", "0"), ("x",), "number"),
    Kind("str", ("", "a", "abc", "5", "low"), (), "text"),
    Kind("Annotated[str, Field(min_length=1)]", ("a", "abc", "low"), ("",), "text"),
    Kind("Annotated[str, Field(max_length=3)]", ("", "a", "abc", "low"), ("abcd",), "text"),
    Kind("Annotated[str, Field(min_length=1, max_length=4)]", ("a", "abcd", "low"), ("", "abcde"), "text"),
    Kind('Annotated[str, Field(pattern="^[a-z]*$")]', ("", "a", "abcd", "low"), ("A", "a1"), "text"),
    Kind('Annotated[str, Field(pattern="^[a-z0-9]+$")]', ("a", "a1", "low"), ("", "A"), "text"),
    Kind('Literal["low", "high"]', ("low", "high"), ("top", "LOW", ""), "text"),
    Kind('Literal["low", "high", "top"]', ("low", "high", "top"), ("", "mid"), "text"),
    Kind("Level", ("low", "high"), ("top", "LOW", ""), "text"),
    Kind("Wide", ("low", "high", "top"), ("", "HIGH"), "text"),
    Kind("SecretStr", ("", "a", "abc", "low"), (), "text"),
    Kind("str | None", ("", "a", "low"), (), "text"),
    Kind("int | str", ("5", "a", "low"), (), "text"),
    Kind("bool | str | None", ("5", "on", "low"), (), "text"),
    Kind("timedelta", ("PT5S", "1:00:00", "P1D"), ("5s", "30"), "time"),
    Kind("Annotated[timedelta, Field(le=timedelta(hours=1))]", ("PT5S", "PT1H"), ("PT1H1S", "P1D"), "time"),
    Kind("list[int]", ("[]", "[1]", "[1, 2, 3]"), ("", "1,2", '["x"]'), "list", as_json=True),
    Kind("list[str]", ("[]", '["a"]', '["a", "b", "c"]'), ("", "a,b", "[1]"), "list", as_json=True),
    Kind("Annotated[list[int], Field(max_length=2)]", ("[]", "[1, 2]"), ("[1, 2, 3]",), "list", as_json=True),
    Kind("Annotated[list[str], Field(min_length=1)]", ('["a"]', '["a", "b"]'), ("[]",), "list", as_json=True),
    Kind('Annotated[list[str], Separated(",")]', ("", "a,b", "a"), ('["a"]',), "list"),
    Kind('Annotated[list[str], Separated(";")]', ("", "a;b", "a,b"), ('["a"]',), "list"),
    Kind('Annotated[list[int], Separated(",")]', ("", "1,2", "1"), ("a,b", "[1]"), "list"),
    Kind("dict[str, int]", ("{}", '{"a": 1}'), ("", "x", '{"a": "x"}'), "map", as_json=True),
    Kind("dict[str, str]", ("{}", '{"a": "x"}'), ("", "x", '{"a": 1}'), "map", as_json=True),
)
_JSON_NUMBERS = ("0", "1", "5", "10", "11", "-1", "1.5", "true", "null")


@dataclass(frozen=True)
class Setting:
    """name: of the field. kind: number in KINDS. aliases: names that are read instead of prefix and field.
    instead: members of a second class, for a section that is a union of two."""

    name: str
    kind: int
    required: bool = False
    aliases: tuple[str, ...] = ()
    members: tuple[Setting, ...] = ()
    forbids: bool = False
    optional: bool = False
    instead: tuple[Setting, ...] = ()

    @property
    def is_section(self) -> bool:
        return bool(self.members)


@dataclass(frozen=True)
class Member:
    """A class of a family."""

    settings: tuple[Setting, ...]
    prefix: str = "SHOP_"
    config: tuple[tuple[str, str], ...] = ()
    reads: tuple[str, ...] = ()  # of FILES: what the class reads beside the environment

    def source(self) -> str:
        parts = [PRELUDE]
        for each in self.settings:
            if each.is_section:
                parts.append(_section_source(each.name.title(), each.members, each.forbids))
            if each.instead:
                parts.append(_section_source(f"Other{each.name.title()}", each.instead, each.forbids))
        said = [f'env_prefix="{self.prefix}"', 'env_nested_delimiter="__"', *(f"{k}={v}" for k, v in self.config)]
        said += [f'{FILES[each]}="{file_of(each)}"' for each in self.reads]
        lines = ["class Settings(BaseSettings):", f"    model_config = SettingsConfigDict({', '.join(said)})"]
        lines += [f"    {_line(each)}" for each in self.settings]
        typed = [f"{each.title()}ConfigSettingsSource(cls)" for each in self.reads if each in TYPED_FILES]
        if typed:
            lines += [
                "    @classmethod",
                "    def settings_customise_sources(cls, settings_cls, **kw):",
                '        first = kw["env_settings"], kw["dotenv_settings"], kw["file_secret_settings"]',
                f"        return (*first, {', '.join(typed)})",
            ]
        parts.append("\n".join(lines))
        return "\n\n\n".join(parts) + "\n"


# Kind of file → the option that names it. All are read from the working directory.
FILES = {"toml": "toml_file", "yaml": "yaml_file", "json": "json_file", "secrets": "secrets_dir"}
TYPED_FILES = ("toml", "yaml", "json")


def file_of(kind: str) -> str:
    return "shop-secrets" if kind == "secrets" else f"shop.{kind}"


def _section_source(name: str, members: tuple[Setting, ...], forbids: bool) -> str:
    lines = [f"class {name}(BaseModel):"]
    lines += ['    model_config = {"extra": "forbid"}'] if forbids else []
    return "\n".join([*lines, *(f"    {_line(inner)}" for inner in members)])


def _line(setting: Setting) -> str:
    kind = KINDS[setting.kind]
    of = setting.name.title() if setting.is_section else kind.source
    of = f"{of} | Other{of}" if setting.instead else of
    default = "..." if setting.required else _default(setting)
    if setting.is_section and setting.optional:
        of, default = f"{of} | None", "None"
    arguments = [default] if default != "..." or setting.aliases else []
    if setting.aliases:
        names = ", ".join(f'"{alias}"' for alias in setting.aliases)
        return f"{setting.name}: {of} = Field({default}, validation_alias=AliasChoices({names}))"
    return f"{setting.name}: {of}" + (f" = {arguments[0]}" if arguments else "")


def _default(setting: Setting) -> str:
    """Validated as text would be, so that it need not be of the type."""
    if setting.is_section:
        return f"{setting.name.title()}()" if not any(each.required for each in setting.members) else "..."
    kind = KINDS[setting.kind]
    if "None" in kind.source:
        return "None"
    text = kind.good[0]
    if "Separated" in kind.source:
        return "[]"
    if kind.as_json:
        return text
    typed = {"number": text.strip().lstrip("+"), "time": "timedelta(seconds=5)"}
    if "Level" in kind.source or "Wide" in kind.source:
        return f"{kind.source}.LOW"
    if kind.source == "SecretStr":
        return f"SecretStr({json.dumps(text)})"
    if kind.source == "bool":
        return "True"
    if kind.source == "Decimal":
        return f'Decimal("{text}")'
    return typed.get(kind.group, json.dumps(text))


NAMES = ("port", "host", "level", "tags", "ratio", "mode")
FLAGS = (
    ("case_sensitive", "True"),
    ("env_ignore_empty", "True"),
    ("env_parse_none_str", '"null"'),
    ("extra", '"forbid"'),
    ("extra", '"ignore"'),
    ("populate_by_name", "True"),
    ("env_parse_enums", "True"),
    ("env_nested_max_split", "1"),
    ("str_strip_whitespace", "True"),
    ("str_max_length", "3"),
    ("allow_inf_nan", "False"),
)


@dataclass
class Drawing:
    """A family, drawn from a number."""

    number: int
    chance: random.Random = field(init=False)
    with_files: bool = False
    with_unions: bool = False

    def __post_init__(self) -> None:
        self.chance = random.Random(self.number)
        self.with_files = self.chance.random() < 0.2
        self.with_unions = self.chance.random() < 0.08

    def family(self, size: int) -> list[Member]:
        """The first, and others that differ from it, or from one another, in one to three things."""
        members = [self._first()]
        while len(members) < size:
            member = self.chance.choice(members)
            for _ in range(self.chance.choice((1, 1, 1, 2, 3))):
                member = self._changed(member)
            if member not in members:
                members.append(member)
        return members

    def _first(self) -> Member:
        names = self.chance.sample(NAMES, self.chance.randint(1, 3))
        settings = [self._setting(name) for name in names]
        if self.chance.random() < 0.6:
            inner = tuple(self._setting(name) for name in self.chance.sample(("url", "pool", "size"), 2))
            settings.append(self._section(inner))
        config = tuple(self.chance.sample(FLAGS, 1)) if self.chance.random() < 0.3 else ()
        reads = tuple(sorted(self.chance.sample([*FILES], self.chance.randint(1, 2)))) if self.with_files else ()
        return Member(tuple(settings), config=config, reads=reads)

    def _section(self, inner: tuple[Setting, ...]) -> Setting:
        required = any(each.required for each in inner)
        return Setting(
            "database",
            0,
            required=required and self.chance.random() < 0.5,
            members=inner,
            forbids=self.chance.random() < 0.3,
            optional=required,
            instead=(self._setting("url"), replace(self._setting("socket"), required=True)) if self.with_unions else (),
        )

    def _setting(self, name: str) -> Setting:
        kind = self.chance.randrange(len(KINDS))
        aliases: tuple[str, ...] = ()
        if self.chance.random() < 0.15 and name in NAMES:
            aliases = (f"SHOP_{name.upper()}", f"OLD_{name.upper()}")[: self.chance.randint(1, 2)]
        return Setting(name, kind, self.chance.random() < 0.3, aliases)

    def _changed(self, member: Member) -> Member:
        change = self.chance.choice(
            (self._retyped, self._retyped, self._retyped, self._needed, self._come, self._gone, self._renamed)
            + (self._within, self._within, self._around, self._configured, self._aliased)
        )
        return change(member)

    def _put(self, member: Member, at: int, setting: Setting) -> Member:
        return replace(member, settings=(*member.settings[:at], setting, *member.settings[at + 1 :]))

    def _one(self, member: Member) -> tuple[int, Setting]:
        at = self.chance.randrange(len(member.settings))
        return at, member.settings[at]

    def _another_kind(self, setting: Setting) -> Setting:
        group = KINDS[setting.kind].group
        alike = [n for n, kind in enumerate(KINDS) if kind.group == group]
        kind = self.chance.choice(alike) if self.chance.random() < 0.85 else self.chance.randrange(len(KINDS))
        return replace(setting, kind=kind)

    def _retyped(self, member: Member) -> Member:
        at, setting = self._one(member)
        return member if setting.is_section else self._put(member, at, self._another_kind(setting))

    def _needed(self, member: Member) -> Member:
        at, setting = self._one(member)
        return self._put(member, at, replace(setting, required=not setting.required))

    def _come(self, member: Member) -> Member:
        free = [name for name in NAMES if name not in {each.name for each in member.settings}]
        return replace(member, settings=(*member.settings, self._setting(self.chance.choice(free)))) if free else member

    def _gone(self, member: Member) -> Member:
        at, _ = self._one(member)
        rest = (*member.settings[:at], *member.settings[at + 1 :])
        return replace(member, settings=rest) if rest else member

    def _renamed(self, member: Member) -> Member:
        at, setting = self._one(member)
        if setting.is_section:
            return member
        new = f"SHOP_NEW_{setting.name.upper()}"
        old = setting.aliases or (f"{member.prefix}{setting.name.upper()}",)
        return self._put(member, at, replace(setting, aliases=(new, *old)[: self.chance.randint(1, 2)]))

    def _aliased(self, member: Member) -> Member:
        at, setting = self._one(member)
        if setting.is_section or not setting.aliases:
            return member
        return self._put(member, at, replace(setting, aliases=setting.aliases[::-1]))

    def _within(self, member: Member) -> Member:
        sections = [n for n, each in enumerate(member.settings) if each.is_section]
        if not sections:
            return self._retyped(member)
        at = self.chance.choice(sections)
        section = member.settings[at]
        if section.instead and self.chance.random() < 0.4:
            return self._put(member, at, replace(section, instead=self._other_union(section.instead)))
        inner = list(section.members)
        what = self.chance.random()
        place = self.chance.randrange(len(inner))
        if what < 0.5:
            inner[place] = self._another_kind(inner[place])
        elif what < 0.7:
            inner[place] = replace(inner[place], required=not inner[place].required)
        elif what < 0.85 and len(inner) > 1:
            del inner[place]
        else:
            free = [name for name in ("url", "pool", "size") if name not in {each.name for each in inner}]
            inner += [self._setting(free[0])] if free else []
        return self._put(member, at, _sound(replace(section, members=tuple(inner))))

    def _other_union(self, instead: tuple[Setting, ...]) -> tuple[Setting, ...]:
        """The second class of a union, gone or with a member of another type."""
        at = self.chance.randrange(len(instead) + 1)
        if at == len(instead):
            return ()
        return (*instead[:at], self._another_kind(instead[at]), *instead[at + 1 :])

    def _around(self, member: Member) -> Member:
        sections = [n for n, each in enumerate(member.settings) if each.is_section]
        if not sections:
            return self._needed(member)
        section = member.settings[sections[0]]
        changed = {
            "forbids": replace(section, forbids=not section.forbids),
            "optional": replace(section, optional=not section.optional),
            "required": replace(section, required=not section.required),
        }[self.chance.choice(("forbids", "optional", "required"))]
        return self._put(member, sections[0], _sound(changed))

    def _configured(self, member: Member) -> Member:
        if self.with_files and self.chance.random() < 0.3:
            return replace(member, reads=tuple(sorted({*member.reads} ^ {self.chance.choice([*FILES])})))
        if self.chance.random() < 0.2:
            return replace(member, prefix="STORE_" if member.prefix == "SHOP_" else "SHOP_")
        key, value = self.chance.choice(FLAGS)
        config = dict(member.config)
        if key in config:
            del config[key]
        else:
            config[key] = value
        return replace(member, config=tuple(sorted(config.items())))


def _sound(section: Setting) -> Setting:
    """A section with required members has no default but None."""
    if any(each.required for each in section.members) and not section.required:
        return replace(section, optional=True)
    return section


def json_numbers() -> tuple[str, ...]:
    return _JSON_NUMBERS
