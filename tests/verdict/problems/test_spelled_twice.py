"""A section's JSON that has a member in two spellings, beside the member's own variable: which of them counts is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource

from confcontract.verdict.explain import rows
from confcontract.verdict.sources.origin import as_named
from tests.support.booting import Site
from tests.support.own_order import Given, OwnOrder, Sources


class Pool(BaseModel):
    size: int = 1
    name: str = "-"


class Database(BaseModel):
    url: int = 1
    pool: Pool = Pool()


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: int = 1


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", env_prefix="S_")

    db: Database = Database()
    closed: Closed = Closed()


class OfFile(OwnOrder, Settings):
    model_config = SettingsConfigDict(toml_file="own.toml")

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return given.environment, TomlConfigSettingsSource(cls)


Variables = dict[str, str]

# What is set, the variable with the bad value, and the name under which that was given.
WRONG: list[tuple[Variables, str, str]] = [
    ({"S_DB": '{"url": 1, "URL": "bad"}', "S_DB__URL": "7"}, "S_DB__URL", "S_DB"),
    ({"S_DB": '{"URL": 1, "url": 2}', "S_DB__URL": "bad"}, "S_DB__URL", "S_DB__URL"),
    ({"S_DB": '{"pool": {"size": 1}, "POOL": {"size": "bad"}}', "S_DB__POOL__SIZE": "7"}, "S_DB__POOL__SIZE", "S_DB"),
    ({"S_DB": '{"pool": {"size": 1, "SIZE": "bad"}}', "S_DB__POOL__SIZE": "7"}, "S_DB__POOL__SIZE", "S_DB"),
    ({"S_DB": '{"pool": {"size": 1, "SIZE": "bad"}}', "S_DB__POOL": '{"size": 3}'}, "S_DB__POOL__SIZE", "S_DB"),
    ({"S_DB": '{"pool": {"SIZE": 1}}', "S_DB__POOL": '{"size": "bad"}'}, "S_DB__POOL__SIZE", "S_DB__POOL"),
    ({"S_DB": '{"pool": {"size": 1}}', "S_DB__POOL": '{"size": 2, "SIZE": "bad"}'}, "S_DB__POOL__SIZE", "S_DB__POOL"),
    (
        {"S_DB__POOL": '{"size": 1, "SIZE": "bad"}', "S_DB__POOL__SIZE": "7"},
        "S_DB__POOL__SIZE",
        "S_DB__POOL",
    ),
]


@pytest.mark.parametrize("in_file", [False, True], ids=["environment", "env file"])
@pytest.mark.parametrize(("given", "variable", "name"), WRONG)
def test_a_bad_value_is_told_of_what_gave_it(
    site: Callable[..., Site], given: Variables, variable: str, name: str, in_file: bool
) -> None:
    made = site(Settings)
    files = [made.file("a.env", "".join(f"{each}='{value}'\n" for each, value in given.items()))] if in_file else []
    found = made.resolve({} if in_file else given, files)
    with pytest.raises(ValidationError):
        made.settings_in(given)
    (problem,) = [problem for problem in found.problems if problem.severity == "error"]
    assert (problem.code, problem.variable) == ("value-invalid", variable)
    assert str(problem.source).endswith(as_named("", name, variable))


def test_a_variable_that_is_set_in_vain_is_told(site: Callable[..., Site]) -> None:
    given = {"S_DB": '{"url": 1, "URL": 5, "pool": {"size": 1}, "POOL": {"name": "n"}}'}
    given |= {"S_DB__URL": "7", "S_DB__POOL__SIZE": "8"}
    made = site(Settings)
    found = made.resolve(given)
    assert found.values == made.settings_in(given)
    told = {problem.variable: problem.message for problem in found.problems if problem.code == "name-twice"}
    assert set(told) == {"S_DB__URL", "S_DB__POOL__SIZE"}
    assert "the JSON in S_DB has it as 'URL'" in told["S_DB__URL"]
    shown = {row.name: (row.value, str(row.origin)) for row in rows(found)}
    assert shown["S_DB__URL"] == ("5", "environment")
    assert shown["S_DB__POOL__SIZE"][0] == "1"
    assert shown["S_DB__POOL__NAME"] == ("n", "environment")
    assert found.sources["S_DB__URL"].name == found.sources["S_DB__POOL__NAME"].name == "S_DB"
    assert found.sources["S_DB__POOL__SIZE"].kind == "default"


def test_unknown_keys_that_differ_in_case_are_told_of_what_gave_each(site: Callable[..., Site]) -> None:
    found = site(Settings).resolve({"S_CLOSED": '{"X": 4}', "S_CLOSED__X": "7"})
    told = {(problem.variable, str(problem.source)) for problem in found.problems if problem.code == "name-unknown"}
    assert told == {("S_CLOSED", "environment"), ("S_CLOSED__X", "environment")}


def test_keys_of_a_file_mean_their_case(site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> None:
    made = site(OfFile)
    monkeypatch.chdir(made.directory)
    made.file("own.toml", "[db]\nurl = 2\nURL = 'bad'\n")
    for given, url in (({}, 2), ({"S_DB__URL": "7"}, 7)):
        found = made.resolve(given)
        assert found.values["db"]["url"] == url
        assert found.values == made.settings_in(given)
        assert "name-twice" not in [problem.code for problem in found.problems]


class OfAlias(BaseSettings):
    """Whose env file has the field's name, which is not a name of it."""

    model_config = SettingsConfigDict(env_nested_delimiter="__", env_file="own.env", extra="forbid")

    closed: Closed = Field(alias="closed_alias")


def test_a_name_that_leads_to_no_field_is_blamed_by_itself_beside_members_that_are_set(
    site: Callable[..., Site],
) -> None:
    made = site(OfAlias)
    made.file("own.env", "closed='{}'\n")
    environ = {"CLOSED_ALIAS__URL": "7"}
    with pytest.raises(ValidationError, match="Extra inputs"):
        made.settings_in(environ)
    result = made.resolve(environ)
    assert [(each.code, each.variable) for each in result.problems] == [("name-unknown", "closed")]
