"""Types that no text can be: bake, the documents and the report say so."""

from __future__ import annotations

from enum import Enum
from typing import Literal

import pytest
from pydantic import BaseModel, PositiveFloat, StrictBool, StrictInt, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake, resolve


class Level(Enum):
    LOW = 1
    HIGH = 2


class Inner(BaseModel):
    w: Literal[1, 2] = 1


class Odd(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    workers: Literal[1, 2, 4] = 1
    strict: StrictBool = False
    num: StrictInt = 1
    level: Level = Level.LOW
    inner: Inner = Inner()


class Fine(BaseSettings):
    delta: PositiveFloat | Literal[-1] = 0.5
    mode: Literal[1, "auto"] = "auto"
    sizes: list[Literal[1, 2]] = []


@pytest.mark.parametrize(
    ("name", "text"), [("WORKERS", "2"), ("STRICT", "true"), ("NUM", "5"), ("LEVEL", "2"), ("INNER__W", "1")]
)
def test_what_takes_no_text_is_told_at_bake_and_in_the_report(
    name: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = bake(Odd, name="x", version="1")
    [warned] = [problem for problem in contract.warnings if name in problem.message]
    assert "accepts no text" in warned.message
    [variable] = [variable for variable in contract.variables if variable["name"] == name]
    assert "can't be given as text" in variable["type"]["text"]
    monkeypatch.setenv(name, text)
    with pytest.raises(ValueError, match="validation error"):
        Odd()  # as the application sees it
    [problem] = resolve(contract, environ={name: text}).problems
    assert "change the settings class" in str(problem.hint)


def test_what_takes_some_text_is_described_by_that_alone() -> None:
    contract = bake(Fine, name="x", version="1")
    assert not contract.warnings
    texts = {variable["name"]: variable["type"]["text"] for variable in contract.variables}
    assert texts["DELTA"] == "number, more than 0"
    assert texts["MODE"] == "auto"
    assert resolve(contract, environ={"SIZES": "[1]"}).ok


class Checked(BaseModel):
    a: int = 1

    @field_validator("a")
    @classmethod
    def check(cls, value: int) -> int:
        return value


class Nested(BaseSettings):
    many: list[Checked] = []
    one: Checked | None = None
    by_name: dict[str, Checked] = {}


def test_a_validator_deep_in_a_value_is_named_by_the_variable() -> None:
    contract = bake(Nested, name="x", version="1")
    assert {tuple(entry["variables"]) for entry in contract.deferred} == {("MANY",), ("ONE",), ("BY_NAME",)}
    told = [problem.variable for problem in resolve(contract, environ={"MANY": '[{"a": 1}]'}).problems]
    assert told == ["MANY"]
