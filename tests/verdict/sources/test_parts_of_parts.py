"""Sources that give parts of one section or mapping under different names of it: nothing of a higher one is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tests.support.booting import Site
from tests.verdict.sources.written import Written

CONFIG = SettingsConfigDict(env_prefix="S_", env_nested_delimiter="__", extra="ignore", populate_by_name=True)


class Item(BaseModel):
    one: str = "default"
    two: str = "default"


class Section(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    names: dict[str, str] = Field({}, alias="called")
    many: dict[str, Item] = {}
    inner: Item = Field(Item(), validation_alias=AliasChoices("inner", "within"))
    path: str = Field("default", alias="road")


class OnlyByAlias(BaseModel):
    url: str = Field("default", alias="uri")
    first: str = Field("default", validation_alias=AliasPath("list", 0))
    other: str = "default"


class OldPair(BaseModel):
    """Both fields were one list once: its key is read for either, and by one before its own."""

    model_config = ConfigDict(populate_by_name=True)

    host: str = Field("default", validation_alias=AliasChoices(AliasPath("old", 0), "address"))
    peer: str = Field("default", validation_alias=AliasChoices("neighbour", AliasPath("old", 0)))
    port: str = Field("default", validation_alias=AliasChoices("number", AliasPath("old", 1)))


class Settings(BaseSettings):
    model_config = CONFIG

    pair: OldPair = OldPair()  # type: ignore[call-arg]

    section: Section = Field(Section(), validation_alias=AliasChoices("db", "database"))  # type: ignore[call-arg]
    strict: OnlyByAlias = OnlyByAlias()  # type: ignore[call-arg]
    optional: Section | None = Field(None, validation_alias="maybe")


LOW, HIGH = ("conf.d/10", "environment")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        # a mapping, of which either source has a part under another of its names
        (("DB__CALLED__K", "low"), ("S_SECTION__NAMES", '{"l": "high"}'), {"k": "low", "l": "high"}),
        (("DB__CALLED__K", "low"), ("DB__NAMES", '{"l": "high"}'), {"k": "low", "l": "high"}),
        (("DB__CALLED", '{"k": "low"}'), ("DB__NAMES", '{"l": "high"}'), {"k": "low", "l": "high"}),
        (("DB__CALLED", '{"k": "low"}'), ("S_SECTION__NAMES", '{"l": "high"}'), {"k": "low", "l": "high"}),
        (("DATABASE__CALLED__K", "low"), ("S_SECTION", '{"names": {"l": "high"}}'), {"k": "low", "l": "high"}),
    ],
)
def test_a_mapping_of_two_names(
    site: Callable[..., Site], low: tuple[str, str], high: tuple[str, str], expected: dict[str, str]
) -> None:
    assert _read(site, low, high)["section"]["names"] == expected


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (("DB__MANY__K", '{"one": "low"}'), ("db__many__k", '{"two": "high"}')),  # one part in two cases
        (("DB__MANY__K", '{"one": "low"}'), ("DATABASE__MANY__K__TWO", "high")),
        (("DATABASE__MANY__K", '{"one": "low"}'), ("DB__MANY__K__TWO", "high")),
        (("DB__MANY__K", '{"one": "low"}'), ("DB__MANY", '{"k": {"two": "high"}}')),  # JSON within JSON
        (("DB__MANY", '{"k": {"one": "low"}}'), ("DB__MANY__K", '{"two": "high"}')),
    ],
)
def test_a_part_of_a_part(site: Callable[..., Site], low: tuple[str, str], high: tuple[str, str]) -> None:
    assert _read(site, low, high)["section"]["many"] == {"k": {"one": "low", "two": "high"}}


@pytest.mark.parametrize("name", ["S_STRICT__URL", "S_STRICT__FIRST"])
def test_what_the_application_does_not_read_outranks_nothing(site: Callable[..., Site], name: str) -> None:
    """A field that has an alias is not read by its own name."""
    found = _read(site, ("S_STRICT", '{"uri": "low", "list": ["low"]}'), (name, "high"))
    assert found["strict"] == {"url": "low", "first": "low", "other": "default"}


def test_an_optional_section_by_its_name_and_by_its_alias(site: Callable[..., Site]) -> None:
    found = _read(site, ("S_OPTIONAL__NAMES__K", "low"), ("MAYBE__CALLED__L", "high"))
    assert found["optional"]["names"] == {"k": "low", "l": "high"}


def test_an_order_within_a_source_gives_way_to_the_order_of_sources(site: Callable[..., Site]) -> None:
    """Another value of the lower source, that stands before the section's JSON there, does not keep it behind."""
    here = site(Settings)
    written = Written(here)
    written.clear()
    here.file("conf.d/10.env", 'DB__ROAD=low\nDB__WITHIN=\'{"one": "low"}\'\n')
    written.put(HIGH, "DB__INNER__TWO", "high")
    result = here.resolve(written.environ)
    assert here.settings_in(result.environ) == result.values
    assert result.values["section"]["inner"] == {"one": "low", "two": "high"}
    assert result.values["section"]["path"] == "low"


def test_of_two_spellings_of_one_name_the_other_is_not_torn_apart(site: Callable[..., Site]) -> None:
    here = site(Settings)
    written = Written(here)
    written.clear()
    here.file("conf.d/10.env", 'S_STRICT=\'{"other": "lost"}\'\ns_strict=\'{"uri": "low", "other": "low"}\'\n')
    written.put(HIGH, "S_STRICT__URI", "high")
    result = here.resolve(written.environ)
    assert here.settings_in(result.environ) == result.values
    assert result.values["strict"] == {"url": "high", "first": "default", "other": "low"}


def test_a_third_source_follows_what_the_second_has_put_into_the_first(site: Callable[..., Site]) -> None:
    here = site(Settings)
    written = Written(here)
    written.clear()
    written.put("conf.d/10", "DB", '{"within": {"one": "lowest"}}')
    written.put("conf.d/20", "DB", '{"inner": {"two": "low"}}')
    written.put(HIGH, "DB", '{"road": "high"}')
    result = here.resolve(written.environ)
    assert here.settings_in(result.environ) == result.values
    assert result.values["section"]["inner"] == {"one": "lowest", "two": "low"}
    assert result.values["section"]["path"] == "high"


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (("S_PAIR", '{"old": ["low", "1"]}'), ("S_PAIR__ADDRESS", "high")),
        (("S_PAIR", '{"old": ["low", "1"]}'), ("S_PAIR", '{"address": "high"}')),
        (("S_PAIR__OLD", '["low", "1"]'), ("S_PAIR", '{"host": "high"}')),
    ],
)
def test_a_key_that_several_fields_read_is_parted_where_one_of_them_is_outranked(
    site: Callable[..., Site], low: tuple[str, str], high: tuple[str, str]
) -> None:
    assert _read(site, low, high)["pair"] == {"host": "high", "peer": "low", "port": "1"}


def _read(
    site: Callable[..., Site], low: tuple[str, str], high: tuple[str, str], settings: type[BaseSettings] = Settings
) -> Any:
    here = site(settings)
    written = Written(here)
    written.clear()
    written.put(LOW, *low)
    written.put(HIGH, *high)
    result = here.resolve(written.environ)
    assert result.ok, result.problems
    assert here.settings_in(result.environ) == result.values
    return result.values


class Prefixed(BaseModel):
    q1: str = "default"
    q2: str = "default"


class Everywhere(BaseSettings):
    """The prefix stands before aliases, too."""

    model_config = SettingsConfigDict(
        env_prefix="S_", env_prefix_target="all", env_nested_delimiter="_", extra="ignore", populate_by_name=True
    )

    mine: dict[str, Prefixed] = Field({}, validation_alias=AliasChoices("TT", "other"))


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (("S_TT_k", '{"q1": "low"}'), ("S_TT", '{"k": {"q2": "high"}}')),
        (("S_OTHER_K", '{"q1": "low"}'), ("S_TT", '{"k": {"q2": "high"}}')),
        (("S_MINE_K", '{"q1": "low"}'), ("S_OTHER", '{"k": {"q2": "high"}}')),
        (("S_TT", '{"k": {"q1": "low"}}'), ("S_OTHER_K_Q2", "high")),
    ],
)
def test_a_prefix_before_every_name(site: Callable[..., Site], low: tuple[str, str], high: tuple[str, str]) -> None:
    assert _read(site, low, high, Everywhere)["mine"] == {"k": {"q1": "low", "q2": "high"}}


def test_a_name_in_two_cases_in_the_higher_source(site: Callable[..., Site]) -> None:
    """In one source the last of them counts; it may be either."""
    for names in (("S_alpha__k__PORT", "S_ALPHA__K__port"), ("S_ALPHA__K__port", "S_alpha__k__PORT")):
        here = site(ByCase)
        written = Written(here)
        written.clear()
        written.put(LOW, "S_ALPHA__K", '{"port": "low", "host": "low"}')
        for number, name in enumerate(names):
            written.put(HIGH, name, f"high {number}")
        result = here.resolve(written.environ)
        assert here.settings_in(result.environ) == result.values
        assert result.values["alpha"] == {"k": {"host": "low", "port": "high 1"}}


class Target(BaseModel):
    host: str = "default"
    port: str = "default"


class ByCase(BaseSettings):
    model_config = CONFIG

    alpha: dict[str, Target] = {}


def test_two_names_of_one_section_in_one_source(site: Callable[..., Site]) -> None:
    """What a source does not give alone, since another of its names outranks it there, stays out of the rest as well."""
    here = site(Settings)
    written = Written(here)
    written.clear()
    here.file("conf.d/10.env", 'DB__INNER=\'{"one": "low"}\'\nDB__WITHIN=\'{"one": "ignored", "two": "ignored"}\'\n')
    written.put(HIGH, "DB__INNER__ONE", "high")
    result = here.resolve(written.environ)
    assert here.settings_in(result.environ) == result.values
    assert result.values["section"]["inner"] == {"one": "high", "two": "default"}


class Renamed(BaseModel):
    """`first` may be given alone, but a list of both outranks that."""

    both: list[str] = Field([], validation_alias="list")
    first: str = Field("default", validation_alias=AliasChoices(AliasPath("list", 0), "first"))


class Listed(BaseSettings):
    model_config = CONFIG

    section: Renamed = Renamed()  # type: ignore[call-arg]


def test_what_can_not_be_handed_over_together_is_refused(site: Callable[..., Site]) -> None:
    here = site(Listed)
    written = Written(here)
    written.clear()
    written.put(LOW, "S_SECTION__LIST", '["low", "other"]')
    written.put(HIGH, "S_SECTION", '{"first": "high"}')
    result = here.resolve(written.environ)
    together = here.settings_in({**written.environ, "S_SECTION__LIST": '["low", "other"]'})
    assert together["section"] == {"both": ["low", "other"], "first": "low"}
    (problem,) = result.problems
    assert (problem.code, problem.variable, problem.names) == ("source-conflict", "S_SECTION", ("S_SECTION__LIST",))
    assert "section.first" in problem.message
    assert "10.env, line 1" in problem.message
    assert problem.source == "environment"
    assert "section" in (problem.hint or "")


HANDED_OVER = """
import sys, tempfile, warnings
from pathlib import Path
from tests.support.booting import Site
from tests.verdict.sources.test_parts_of_parts import HIGH, LOW, Several, Written

here = Site(Path(tempfile.mkdtemp()), Several)
written = Written(here)
written.clear()
here.file("conf.d/10.env", "".join(f"S_{name}__INNER__K='{{\\"one\\": \\"low\\"}}'\\n" for name in "ABCDEF"))
for name in "FEDCBA":
    written.put(HIGH, f"S_{name}__WITHIN", '{"k": {"two": "high"}}')
print(list(here.resolve(written.environ).environ.items()))
"""


class Holder(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    inner: dict[str, Item] = Field({}, validation_alias=AliasChoices("within", "old"))


class Several(BaseSettings):
    model_config = CONFIG

    a: Holder = Holder()  # type: ignore[call-arg]
    b: Holder = Holder()  # type: ignore[call-arg]
    c: Holder = Holder()  # type: ignore[call-arg]
    d: Holder = Holder()  # type: ignore[call-arg]
    e: Holder = Holder()  # type: ignore[call-arg]
    f: Holder = Holder()  # type: ignore[call-arg]


def test_what_is_handed_over_is_always_in_one_order() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", HANDED_OVER],
            env={"PATH": os.defpath, "PYTHONPATH": os.getcwd(), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    (only,) = told
    assert '("S_A", \'{"within": {"k": {"two": "high", "one": "low"}}}\')' in only.replace("('S_A',", '("S_A",')
