"""A variable is called by a name that gives its field just what is written, where it has one.

With the delimiter "_", DB_X is a name of a field and a part of its other name DB: the field gets a member `x` as well.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake, resolve

GIVEN = {"host": "h"}


class Reading(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="OWN_")

    host: str = ""


class Ignoring(BaseModel):
    host: str = ""


class Forbidding(Ignoring):
    model_config = ConfigDict(extra="forbid")


class Allowing(Ignoring):
    model_config = ConfigDict(extra="allow")


def made(kind: Any, names: tuple[str, ...], delimiter: str) -> type[BaseSettings]:
    class Delimited(BaseSettings):
        model_config = SettingsConfigDict(env_nested_delimiter=delimiter)

    field = Field(validation_alias=AliasChoices(*names))
    return create_model("Settings", __base__=Delimited, db=(kind, field))


@pytest.mark.parametrize(
    ("kind", "names", "delimiter", "name"),
    [
        (Reading, ("db_x", "db"), "_", "DB"),
        (Forbidding, ("db_x", "db_y", "db"), "_", "DB"),
        (Forbidding | None, ("db_x", "db"), "_", "DB"),
        (Allowing, ("db__x", "db"), "__", "DB"),
        (dict[str, str], ("db_x", "db"), "_", "DB"),
        (Ignoring, ("db_host", "db"), "_", "DB"),
        (Ignoring, ("db_x", "db"), "_", "DB_X"),  # which nobody takes notice of
        (Forbidding, ("db_x", "db"), "__", "DB_X"),
    ],
)
def test_a_variable_is_called_by_a_name_that_is_no_part_of_another_of_its_names(
    kind: Any, names: tuple[str, ...], delimiter: str, name: str
) -> None:
    contract = bake(made(kind, names, delimiter), name="app")
    variable = contract.variables[0]
    assert variable["name"] == name
    assert {variable["name"], *variable["aliases"]} == {each.upper() for each in names}
    result = resolve(contract, environ={name: json.dumps(GIVEN)})
    assert result.problems == []
    assert result.values == {"db": GIVEN}


def test_the_best_name_stays_where_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = made(Forbidding, ("db_x", "db_x_y"), "_")
    assert bake(settings, name="app").variables[0]["name"] == "DB_X"
    monkeypatch.setenv("DB_X", json.dumps(GIVEN))
    assert settings().model_dump() == {"db": GIVEN}


class Named(BaseSettings):
    """It reads DB itself."""

    db: int = 1
    host: str = ""


def test_a_section_is_called_by_a_name_that_its_members_do_not_read() -> None:
    contract = bake(made(Named, ("db_x", "db", "base"), "_"), name="app")
    assert contract.variables[0]["name"] == "BASE"
    result = resolve(contract, environ={"BASE": json.dumps(GIVEN)})
    assert result.problems == []
    assert result.values == {"db": {"db": 1, **GIVEN}}
