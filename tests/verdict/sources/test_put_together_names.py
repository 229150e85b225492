"""Sections that are put together where one name or key is several fields': each gets what it reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tests.support.booting import Site
from tests.verdict.sources.put_together import Resolved
from tests.verdict.sources.test_parts_of_parts import CONFIG


class Ambiguous(BaseModel):
    pool: str = "default"


class ByOneLine(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="_", extra="ignore")

    db: Ambiguous = Ambiguous()
    db_pool: str = "default"


class Linked(BaseModel):
    url: str = Field("default", validation_alias="x")


class NamedWithin(BaseSettings):
    """S_DB_X is a name of the mapping, and beside S_DB a part of it as well."""

    model_config = SettingsConfigDict(
        env_prefix="S_", env_nested_delimiter="_", extra="ignore", populate_by_name=True, env_prefix_target="all"
    )

    db: dict[str, Linked] = Field({}, validation_alias=AliasChoices("db_x", "x"))


def test_a_name_of_two_places_of_which_one_is_outranked_is_refused(site: Callable[..., Site]) -> None:
    found = Resolved(site(ByOneLine), {"DB": '{"pool": "high"}'}, "DB_POOL=low\n")
    assert found.codes == [("source-conflict", "DB")]
    assert "DB_POOL" in found.result.problems[0].message


def test_what_two_names_give_is_handed_over_by_a_name_that_is_no_part_of_another(site: Callable[..., Site]) -> None:
    found = Resolved(site(NamedWithin), {"S_DB_X": '{"k": {"url": "no key"}}'}, 'S_DB=\'{"k": {"x": "low"}}\'\n')
    assert found.codes == []
    assert found.result.values["db"]["k"] == {"url": "low"}
    assert found.read == found.result.values


class Pooled(BaseModel):
    pool: str = "default"
    host: str = "default"


class OfOneKey(BaseModel):
    """Both fields read `old`, and each has a way of its own."""

    db: dict[str, str] = Field(default={}, validation_alias=AliasChoices("old", "other"))
    url: dict[str, str] = Field(default={}, validation_alias=AliasChoices("old", AliasPath("x", "b")))


class OfOneKeyOnly(BaseModel):
    """`db` has no other way than the key that `url` reads first."""

    db: str = Field(default="-", validation_alias=AliasPath("old", "b"))
    url: dict[str, str] = Field(default={}, validation_alias=AliasChoices("old", "x"))


class OfOneKeyWithin(BaseSettings):
    model_config = CONFIG

    box: OfOneKey = OfOneKey()
    other: OfOneKeyOnly = OfOneKeyOnly()


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [
        ('{"old": {"k": "high"}}', '{"x": {"b": {"l": "low"}}}', ({"k": "high"}, {"k": "high", "l": "low"})),
        ('{"old": {"k": "high"}}', '{"other": {"l": "low"}}', ({"k": "high", "l": "low"}, {"k": "high"})),
        ('{"x": {"b": {"k": "high"}}}', '{"old": {"k": "low"}}', ({"k": "low"}, {"k": "high"})),
    ],
)
def test_fields_that_read_one_key_are_handed_over_by_ways_of_their_own(
    site: Callable[..., Site], high: str, low: str, expected: tuple[dict[str, str], dict[str, str]]
) -> None:
    found = Resolved(site(OfOneKeyWithin), {"S_BOX": high}, f"S_BOX='{low}'\n")
    assert found.codes == []
    assert found.result.values["box"] == dict(zip(("db", "url"), expected, strict=True))
    assert found.read == found.result.values


def test_a_field_is_called_as_another_has_to_be_where_both_read_that_key(site: Callable[..., Site]) -> None:
    low = 'S_OTHER=\'{"old": {"b": "low"}}\'\n'
    found = Resolved(site(OfOneKeyWithin), {"S_OTHER": '{"x": {"k": "high"}}'}, low)
    assert found.codes == []
    assert found.result.values["other"] == {"db": "low", "url": {"b": "low", "k": "high"}}
    assert found.read == found.result.values


class Note(BaseModel):
    text: str = "default"


class Named(BaseModel):
    note: Note | None = Field(default=None, validation_alias=AliasPath("old", "b"))
    pooled: Pooled = Field(default=Pooled(), validation_alias=AliasChoices("old", "x"))


class OfEmpty(BaseSettings):
    model_config = CONFIG

    box: Named = Named()


def test_an_empty_section_takes_nothing_from_the_values_of_lower_sources(site: Callable[..., Site]) -> None:
    found = Resolved(site(OfEmpty), {"S_BOX": '{"old": {"b": {}}}'}, 'S_BOX=\'{"x": {"pool": "low"}}\'\n')
    assert found.read == found.result.values
    assert found.result.values["box"]["pooled"]["pool"] == "low"


class OpenSection(BaseModel):
    model_config = ConfigDict(extra="allow")

    name: str = "default"


class OfKeyWithin(BaseModel):
    """`note` is a member of what `whole` keeps as a member that it does not know."""

    note: Note = Field(default=Note(), validation_alias=AliasPath("x", "b"))
    whole: OpenSection = Field(default=OpenSection(), validation_alias="x")
    head: str = "default"


class OfExtra(BaseSettings):
    model_config = CONFIG

    box: OfKeyWithin = OfKeyWithin()


def test_what_one_field_reads_another_may_keep_as_a_member_that_it_does_not_know(site: Callable[..., Site]) -> None:
    low = 'S_BOX=\'{"x": {"b": {"text": "low"}}}\'\n'
    found = Resolved(site(OfExtra), {"S_BOX": '{"head": "high"}'}, low)
    assert found.codes == []
    assert found.read == found.result.values
    assert found.result.values["box"] == {
        "note": {"text": "low"},
        "whole": {"name": "default", "b": {"text": "low"}},
        "head": "high",
    }
