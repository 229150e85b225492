"""For one place in settings of each shape, every way in which an operator can write its value."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from pydantic_settings import BaseSettings

from tests.support.shaped_settings import (
    Aliased,
    AliasedSection,
    Before,
    BeforeAsJson,
    BeforeSection,
    Chosen,
    InDataclass,
    InList,
    InTypedDict,
    MadeAsJson,
    MadeByNameSection,
    MadeInMapping,
    MadeSection,
    Mapping,
    Nested,
    OptionalSection,
    Path,
    Recursive,
    Scalar,
    Section,
    Sections,
    Sensitive,
    Skipped,
    Split,
    Tuple,
    TwoNamed,
    Union,
    Unvalidated,
    WholeAsJson,
)

Spelling = Callable[[str], tuple[str, str]]


def plain(name: str) -> Spelling:
    return lambda value: (name, value)


def within(name: str, *keys: str | int, **beside: str) -> Spelling:
    """The value at the keys of JSON; beside: what stands next to it."""

    def spell(value: str) -> tuple[str, str]:
        data: Any = value
        for key in reversed(keys):
            data = [data] if isinstance(key, int) else {key: data, **(beside if key == keys[-1] else {})}
        return name, json.dumps(data)

    return spell


@dataclass(frozen=True)
class Shape:
    """leaf: the way to the value in the settings document. variable: by which explain knows it. spare: the way to another
    value beside it, which some spellings give as well. besides: spellings of that one alone. deferred: whether only the
    application knows the values in the end."""

    settings: type[BaseSettings]
    leaf: tuple[str | int, ...]
    variable: str
    spellings: dict[str, Spelling] = field(default_factory=dict)
    spare: tuple[str | int, ...] = ()
    besides: tuple[Spelling, ...] = ()
    deferred: bool = False


def _section(prefix: str, *, folded: bool = True) -> dict[str, Spelling]:
    found = {
        "canonical": plain(f"{prefix}OUTER__DB__URL") if folded else plain(f"{prefix}outer__db__url"),
        "alias": plain(f"{prefix}OUTER__DB__URI") if folded else plain(f"{prefix}outer__db__uri"),
    }
    outer = f"{prefix}OUTER" if folded else f"{prefix}outer"
    inner = f"{outer}__DB" if folded else f"{outer}__db"
    found |= {
        "section": within(outer, "db", "url", spare="beside"),
        "section, alias": within(outer, "db", "uri", spare="beside"),
        "inner section": within(inner, "url", spare="beside"),
        "inner section, alias": within(inner, "uri", spare="beside"),
        "section alone": within(outer, "db", "url"),
    }
    if folded:
        found |= {
            "other case": plain(f"{prefix.lower()}outer__DB__url"),
            "section, other case": within(f"{prefix}outer", "DB", "URI", spare="beside"),
            "inner section, other case": within(f"{prefix}OUTER__db", "URL", spare="beside"),
        }
    return found


_BESIDE_SECTION = (
    plain("S_OUTER__DB__SPARE"),
    within("s_outer", "DB", "spare"),
    within("S_OUTER__db", "Spare"),
    within("S_OUTER", "db", "spare"),
)


def _hidden(
    settings: type[BaseSettings], name: str, alias: str, other: str, *around: tuple[str, ...], spare: str = "spare"
) -> Shape:
    """Of what is not in the plan, by JSON. alias, other: the keys of the value, the better first; around: those of each
    container between, the first of which is the place in the document."""
    variable = f"S_{name.upper()}"
    ways = list(product(*around))
    spellings = {
        f"{key} in {'.'.join(way) or name}": within(variable, *way, key, **{spare: "beside"})
        for way in ways
        for key in (alias, other)
    }
    place = (name, *(keys[0] for keys in around))
    leaf = "url" if "url" in (alias, other) else alias
    besides = tuple(within(variable, *way, spare) for way in ways)
    return Shape(settings, (*place, leaf), variable, spellings, (*place, "spare"), besides, deferred=True)


SHAPES = {
    "scalar": Shape(
        Scalar,
        ("value",),
        "S_VALUE",
        {"canonical": plain("S_VALUE"), "other case": plain("s_Value"), "alias": plain("OLD-VALUE")},
    ),
    "section": Shape(
        Section,
        ("outer", "db", "url"),
        "S_OUTER__DB__URL",
        _section("S_"),
        ("outer", "db", "spare"),
        _BESIDE_SECTION,
    ),
    "optional section": Shape(
        OptionalSection,
        ("outer", "db", "url"),
        "S_OUTER__DB__URL",
        _section("S_"),
        ("outer", "db", "spare"),
        _BESIDE_SECTION,
    ),
    "case-sensitive": Shape(
        Sensitive,
        ("outer", "db", "url"),
        "S_outer__db__url",
        _section("S_", folded=False),
        ("outer", "db", "spare"),
    ),
    "extra member": Shape(
        Section,
        ("outer", "db", "more"),
        "S_OUTER__DB",
        {
            "canonical": plain("S_OUTER__DB__MORE"),
            "other case": plain("s_outer__db__More"),
            "section": within("S_OUTER", "db", "more", spare="beside"),
            "inner section": within("S_OUTER__DB", "more", spare="beside"),
        },
        ("outer", "db", "spare"),
        (plain("S_OUTER__DB__SPARE"), within("S_OUTER", "db", "spare"), within("S_OUTER__DB", "spare")),
    ),
    "mapping": Shape(
        Mapping,
        ("names", "main"),
        "S_NAMES",
        {
            "canonical": plain("S_NAMES__MAIN"),
            "other case": plain("s_names__Main"),
            "section": within("S_NAMES", "main", beside="beside"),
            "section, other case": within("s_NAMES", "main"),
        },
        ("names", "beside"),
        (plain("S_NAMES__BESIDE"), within("S_NAMES", "beside")),
    ),
    "mapping of sections": Shape(
        Sections,
        ("many", "main", "url"),
        "S_MANY",
        {
            "canonical": plain("S_MANY__MAIN__URL"),
            "alias": plain("S_MANY__MAIN__URI"),
            "section": within("S_MANY", "main", "url", spare="beside"),
            "section, alias": within("S_MANY", "main", "uri"),
            "inner section": within("S_MANY__MAIN", "url", spare="beside"),
            "inner section, alias": within("S_MANY__MAIN", "uri"),
        },
        ("many", "main", "spare"),
        (plain("S_MANY__MAIN__SPARE"), within("S_MANY", "main", "spare"), within("S_MANY__MAIN", "spare")),
    ),
    "settings class": Shape(
        Nested,
        ("inner", "url"),
        "S_INNER__URL",
        {
            "canonical": plain("S_INNER__URL"),
            "its own name": plain("INNER_URL"),
            "other case": plain("inner_Url"),
            "section": within("S_INNER", "url", spare="beside"),
        },
        ("inner", "spare"),
        (plain("S_INNER__SPARE"), plain("INNER_SPARE"), within("S_INNER", "spare")),
    ),
    "alias path": Shape(
        Path,
        ("token",),
        "S_DOC__K__J",
        {
            "section": within("S_DOC", "k", "j"),
            "section, other case": within("s_Doc", "k", "j"),
            "canonical": plain("S_DOC__K__J"),
        },
    ),
    "indexed part": Shape(
        InList,
        ("auth", "token"),
        "S_AUTH__TOKEN",
        {
            "canonical": plain("S_AUTH__TOKEN"),
            "section": within("S_AUTH", "token", spare="beside"),
            "indexed": within("S_AUTH__CREDS", 0),
            "section, indexed": within("S_AUTH", "creds", 0),
        },
        ("auth", "spare"),
        (plain("S_AUTH__SPARE"), within("S_AUTH", "spare")),
    ),
    "limited splitting": Shape(
        Split,
        ("auth", "url"),
        "S_AUTH_URL",
        {
            "canonical": plain("S_AUTH_URL"),
            "alias": plain("S_AUTH_URI"),
            "section": within("S_AUTH", "url", spare="beside"),
            "section, alias": within("S_AUTH", "uri"),
        },
        ("auth", "spare"),
        (plain("S_AUTH_SPARE"), within("S_AUTH", "spare")),
    ),
    "named tuple": Shape(
        Tuple,
        ("pair", 0),
        "S_PAIR",
        {
            "canonical": plain("S_PAIR__URL"),
            "section": within("S_PAIR", "url", spare="beside"),
        },
        ("pair", 1),
    ),
    "aliased section": Shape(
        Aliased,
        ("db", "url"),
        "DATABASE__URL",
        {
            "canonical": plain("DATABASE__URL"),
            "alias": plain("database__uri"),
            "section": within("DATABASE", "url", spare="beside"),
            "section, alias": within("DATABASE", "uri", spare="beside"),
        },
        ("db", "spare"),
        (plain("DATABASE__SPARE"), within("Database", "spare")),
    ),
    "alias or name": Shape(
        AliasedSection,
        ("db", "url"),
        "S_DB__LINK",
        {
            "canonical": plain("S_DB__LINK"),
            "section": within("S_DB", "link", spare="beside"),
            "section, name": within("S_DB", "url", spare="beside"),
        },
        ("db", "spare"),
        (plain("S_DB__SPARE"), within("S_DB", "spare")),
    ),
    "section of two names": Shape(
        TwoNamed,
        ("outer", "db", "url"),
        "S_OUTER__DB__URL",
        {
            "canonical": plain("S_OUTER__DB__URL"),
            "other name, alias": plain("S_OUTER__DATABASE__URI"),
            "section": within("S_OUTER", "db", "url", spare="beside"),
            "section, other name": within("S_OUTER", "database", "uri", spare="beside"),
            "inner section, other name": within("S_OUTER__DATABASE", "url", spare="beside"),
        },
        ("outer", "db", "spare"),
        (
            plain("S_OUTER__DB__SPARE"),
            plain("S_OUTER__DATABASE__SPARE"),
            within("S_OUTER", "db", "spare"),
            within("S_OUTER", "database", "spare"),
            within("S_OUTER__DATABASE", "spare"),
        ),
    ),
    "deferred as a whole": Shape(
        Before,
        ("outer", "db", "url"),
        "S_OUTER__DB__URL",
        _section("S_"),
        ("outer", "db", "spare"),
        _BESIDE_SECTION,
        deferred=True,
    ),
    "deferred section": Shape(
        BeforeSection,
        ("outer", "db", "url"),
        "S_OUTER__DB__URL",
        _section("S_"),
        ("outer", "db", "spare"),
        _BESIDE_SECTION,
        deferred=True,
    ),
    "union": Shape(
        Union,
        ("store", "url"),
        "S_STORE__URL",
        {
            "canonical": plain("S_STORE__URL"),
            "other case": plain("s_store__Url"),
            "section": within("S_STORE", "url", spare="beside"),
        },
        ("store", "spare"),
        (plain("S_STORE__SPARE"), within("S_STORE", "spare")),
    ),
    "model that makes itself": _hidden(MadeSection, "made", "url", "uri"),
    "model that makes itself, alias or name": _hidden(MadeByNameSection, "made", "Url", "url", spare="Spare"),
    "model that makes itself, in JSON": _hidden(MadeAsJson, "outer", "url", "uri", ("made", "build")),
    "model that makes itself, in a mapping": _hidden(MadeInMapping, "many", "url", "uri", ("main",)),
    "function as discriminator": _hidden(Chosen, "store", "url", "uri"),
    "deferred section without a delimiter": _hidden(BeforeAsJson, "outer", "url", "uri", ("db",)),
    "deferred as a whole without a delimiter": _hidden(WholeAsJson, "outer", "url", "uri", ("db",)),
    "dataclass with a field that it makes": _hidden(InDataclass, "made", "url", "uri"),
    "typed dict behind a validator": _hidden(InTypedDict, "table", "url", "uri"),
    "recursive model that makes itself": _hidden(Recursive, "tree", "value", "worth", ("inside", "within"), ("main",)),
    "validator of the application's own": _hidden(Skipped, "db", "url", "uri"),
    "model that pydantic does not validate": _hidden(Unvalidated, "db", "url", "uri"),
}
