"""`export json-schema` where a name is not that of one value, or the application decides."""

from __future__ import annotations

import json
from enum import Flag
from typing import Any, Literal

import pytest
from jsonschema import Draft202012Validator
from pydantic import AliasChoices, AliasPath, BaseModel, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from confcontract.platforms.export_input import export_input
from confcontract.platforms.export_targets import export
from confcontract.verdict.resolve import resolve


class Settings(BaseSettings):
    first: int = Field(1, validation_alias=AliasPath("LIST", 0))
    shared: int = Field(1, validation_alias=AliasChoices("SHARED", "OTHER"))


@pytest.mark.parametrize("values", [{"LIST": "[3]"}, {"SHARED": "3"}, {"OTHER": "3"}], ids=str)
def test_a_name_that_holds_more_than_one_value_is_not_judged_by_the_type_of_one(values: dict[str, str]) -> None:
    contract = bake(Settings, name="made", version="1")
    document = json.loads(export("json-schema", export_input(contract, {})).files["environment.schema.json"])
    assert resolve(contract, environ=values).ok
    assert Draft202012Validator(document).is_valid(values)
    assert not Draft202012Validator(document).is_valid({"SHARED": "x"})


class Built(BaseSettings):
    host: str = "db"
    url: str
    pool: int

    @model_validator(mode="before")
    @classmethod
    def build_url(cls, data: Any) -> Any:
        return {"pool": 5, **data, "url": data.get("url") or f"postgresql://{data['host']}/shop"}


@pytest.mark.parametrize("values", [{}, {"POOL": "some"}], ids=str)
def test_what_a_validator_of_the_application_may_supply_or_convert_is_neither_demanded_nor_judged(
    values: dict[str, str],
) -> None:
    contract = bake(Built, name="made", version="1")
    given = export_input(contract, {})
    document = json.loads(export("json-schema", given).files["environment.schema.json"])
    assert resolve(contract, environ=values).ok
    assert Draft202012Validator(document).is_valid(values)
    assert "${URL:?" not in export("compose", given).files["compose.yaml"]
    assert "config.URL is required" not in export("helm", given).files["templates/_helpers.tpl"]


class Side(Flag):
    LEFT = 1
    RIGHT = 2


class Strict(BaseSettings):
    model_config = SettingsConfigDict(strict=True)

    HOST: Side = Side.LEFT


class Tree(BaseModel):
    value: int


class WithUnion(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", case_sensitive=True)

    DB: Tree | Side


class Small(BaseModel):
    kind: Literal["small"]


class Large(BaseModel):
    kind: Literal["large"]
    port: int = 1


class Checked(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", case_sensitive=True)

    DB: Small | Large = Field(discriminator="kind")

    @field_validator("DB", mode="before")
    @classmethod
    def check(cls, value: Any) -> Any:
        return {"kind": "small"}


@pytest.mark.parametrize(
    "settings,values",
    [
        (Strict, {"HOST": "true"}),  # read as JSON first, and true is 1
        (WithUnion, {"DB": "1", "DB__value": "1.5"}),  # the other member of the union takes no part of it
        (Checked, {"DB": "{}", "DB__kind": "1", "DB__port": "some"}),
    ],
)
def test_a_text_that_something_else_reads_is_not_judged(settings: type[BaseSettings], values: dict[str, str]) -> None:
    contract = bake(settings, name="made", version="1")
    assert resolve(contract, environ=values).ok
    for target, file in (("json-schema", "environment.schema.json"), ("helm", "values.schema.json")):
        document = json.loads(export(target, export_input(contract, values)).files[file])
        given = values if target == "json-schema" else {"config": values}
        assert [error.message for error in Draft202012Validator(document).iter_errors(given)] == [], target
