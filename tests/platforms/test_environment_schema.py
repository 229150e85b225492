"""`export json-schema` where a name is not that of one value."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from pydantic import AliasChoices, AliasPath, Field
from pydantic_settings import BaseSettings

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
