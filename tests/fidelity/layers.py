"""Settings classes with sections, and what several sources say of them under every kind of name, drawn at random."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from .moods import Draw, chance, pick

# Lowest to highest.
LEVELS = ("conf.d", "config file", "env file", "NAME_FILE", "environment")

PREFIXES = ("S_", "S_", "", "s_")
DELIMITERS = ("__", "__", "__", "_")
TARGETS = ("", "", "", ', env_prefix_target="all"', ', env_prefix_target="alias"')
SPLITS = ("", "", "", "", ", env_nested_max_split=1", ", env_nested_max_split=2")
NAMES = ("url", "port", "Key", "db")
ALLOWING = ("populate_by_name=True", 'extra="allow"')  # what leads to no field by its name would be another member
ALIASES = ("x", "Y", "old", "q1", "within", "db_x")


@dataclass(frozen=True)
class Member:
    """A field: its kind of value, and the keys that may lead to it, of which some do not.

    ways: the key, and what an alias path adds to it.
    """

    name: str
    kind: str  # text, list, mapping, section, sections
    ways: tuple[tuple[str | int, ...], ...]
    argument: str
    inner: Model | None = None
    optional: bool = False

    def line(self) -> str:
        of = self.inner.title if self.inner else "str"
        annotation, default = {
            "text": ("str", '"-"'),
            "list": ("list[str]", "[]"),
            "mapping": ("dict[str, str]", "{}"),
            "section": (of, f"{of}()"),
            "sections": (f"dict[str, {of}]", "{}"),
        }[self.kind]
        if self.optional:
            annotation, default = f"{annotation} | None", "None"
        return f"    {self.name}: {annotation} = Field({', '.join(filter(None, (default, self.argument)))})"


@dataclass(frozen=True)
class Model:
    title: str
    config: str
    members: tuple[Member, ...]

    def source(self) -> str:
        inner = [member.inner.source() for member in self.members if member.inner]
        base, config = ("BaseSettings", "Settings") if self.title == "Settings" else ("BaseModel", "")
        lines = [f"class {self.title}({base}):", f"    model_config = {config}ConfigDict({self.config})"]
        return "\n".join([*inner, *lines, *(member.line() for member in self.members), "", ""])


@dataclass(frozen=True)
class Layered:
    """A settings class, and for some of LEVELS the variables that it has there; in a config file the keys, with their
    values in JSON."""

    model: Model
    levels: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    def __repr__(self) -> str:
        return "\n".join([self.model.source(), *(f"{level}: {dict(names)}" for level, names in self.levels)])


def _member(draw: Draw, name: str, aliases: list[str], depth: int, number: Callable[[], int]) -> Member:
    kinds = ("text", "text", "mapping", "list", *(("section", "section", "sections") if depth else ()))
    if depth == 3:
        kinds = ("section", "section", "section", "sections", "mapping", "text")
    kind = pick(draw, kinds)

    def alias() -> str:
        """Mostly one that no other field has."""
        if aliases and (depth == 3 or not chance(draw, 8)):
            return aliases.pop(draw(st.integers(0, len(aliases) - 1)))
        return pick(draw, ALIASES)

    how = pick(draw, ("", "", "alias", "choices", "choices", "path", "choices and path"))
    ways: list[tuple[str | int, ...]] = []
    if how in ("alias", "choices"):
        ways = [(alias(),) for _ in range(1 if how == "alias" else 2)]
    if "path" in how:
        items: tuple[str | int, ...] = ("b", "b", 0, 1) if kind in ("text", "list") and "and" in how else ("b",)
        ways = [(alias(), pick(draw, items))]
    if how == "choices and path":
        ways.insert(draw(st.integers(0, 1)), (alias(),))
    if len({way[0] for way in ways}) < len(ways):
        ways = ways[:1]
    texts = [f"AliasPath({', '.join(map(repr, way))})" if len(way) > 1 else repr(way[0]) for way in ways]
    argument = f"validation_alias=AliasChoices({', '.join(texts)})" if len(ways) > 1 else ""
    argument = argument or (f"validation_alias={texts[0]}" if ways else "")
    inner = _model(draw, depth - 1, number) if kind.startswith("section") else None
    optional = kind == "section" and chance(draw, 4)
    return Member(name, kind, (*ways, (name,)), argument, inner, optional)


def _model(draw: Draw, depth: int, number: Callable[[], int], title: str = "", config: str = "") -> Model:
    options = pick(draw, ((), (), ("populate_by_name=True",), ("populate_by_name=True",), ALLOWING))
    aliases = list(ALIASES)
    names = list(NAMES)
    members = []
    for _ in range(draw(st.integers(1, 2 if depth == 3 else 3))):
        name = names.pop(draw(st.integers(0, len(names) - 1)))
        members.append(_member(draw, name, aliases, depth, number))
    return Model(title or f"M{number()}", config or ", ".join(options), tuple(members))


@st.composite
def layered(draw: Draw) -> Layered:
    count = iter(range(1, 100))
    prefix, delimiter = pick(draw, PREFIXES), pick(draw, DELIMITERS)
    config = f'env_prefix="{prefix}", env_nested_delimiter="{delimiter}", extra="ignore"'
    config += pick(draw, ("", ", populate_by_name=True")) + pick(draw, TARGETS) + pick(draw, SPLITS)
    config += ", case_sensitive=True" if chance(draw, 5) else ""
    model = _model(draw, 3, lambda: next(count), "Settings", config)
    chosen = sorted(draw(st.sets(st.sampled_from(range(len(LEVELS))), min_size=2, max_size=3)))
    levels = []
    for level in chosen:
        tokens = (f"{level}.{n}" for n in range(1000))
        drawn = range(pick(draw, (1, 1, 2, 3)))
        if LEVELS[level] == "config file":
            names = [_key(draw, model, tokens) for _ in drawn]
        else:
            names = [_variable(draw, model, prefix, delimiter, tokens) for _ in drawn]
        levels.append((LEVELS[level], tuple(dict(names).items())))
    return Layered(model, tuple(levels))


def _cased(draw: Draw, text: str) -> str:
    return pick(draw, (text, text, text, text.upper(), text.lower()))


def _key(draw: Draw, model: Model, tokens: Any) -> tuple[str, str]:
    """A key at the top of a config file, and its value in JSON."""
    member = pick(draw, model.members)
    way = pick(draw, member.ways)
    value = _value(draw, member, tokens)
    for part in reversed(way[1:]):
        value = {part: value} if isinstance(part, str) else [*(next(tokens) for _ in range(part)), value]
    return _cased(draw, str(way[0])), json.dumps(value)


def _variable(draw: Draw, model: Model, prefix: str, delimiter: str, tokens: Any) -> tuple[str, str]:
    member = pick(draw, model.members)
    way = pick(draw, member.ways)
    parts = [pick(draw, (prefix, prefix, "") if way == (member.name,) else ("", "", prefix)) + str(way[0])]
    more = way[1:]
    at: Any = member
    while True:
        if more and chance(draw, 3) and isinstance(more[0], str):
            parts.append(more[0])
            more = ()
        if more or not at or at.kind in ("text", "list") or not chance(draw, 2):
            break
        if at.kind in ("mapping", "sections"):
            parts.append(pick(draw, ("k", "l")))
            if at.kind == "mapping":
                at = None
                break
            at = Member("", "section", (("",),), "", at.inner)
            if not chance(draw, 2):
                break
        inner = pick(draw, at.inner.members)
        way = pick(draw, inner.ways)
        parts.append(str(way[0]))
        more, at = way[1:], inner
    value = next(tokens) if at is None else _value(draw, at, tokens)
    for part in reversed(more):
        value = {part: value} if isinstance(part, str) else [*(next(tokens) for _ in range(part)), value]
    name = _cased(draw, delimiter.join(parts))
    return name, value if isinstance(value, str) else json.dumps(value)


def _value(draw: Draw, member: Member, tokens: Any) -> Any:
    if member.kind == "text":
        return next(tokens)
    if member.kind == "list":
        return [next(tokens)]
    if member.kind == "mapping":
        return {key: next(tokens) for key in draw(st.sets(st.sampled_from(("k", "l", "m")), min_size=1, max_size=2))}
    if member.kind == "sections":
        assert member.inner is not None
        section = Member("", "section", (("",),), "", member.inner)
        return {pick(draw, ("k", "l")): _value(draw, section, tokens)}
    assert member.inner is not None
    found: dict[str, Any] = {}
    for inner in member.inner.members:
        if chance(draw, 3):
            continue
        way = pick(draw, inner.ways)
        value = _value(draw, inner, tokens)
        for part in reversed(way[1:]):
            value = {part: value} if isinstance(part, str) else [*(next(tokens) for _ in range(part)), value]
        found.setdefault(str(way[0]), value)
    return found
