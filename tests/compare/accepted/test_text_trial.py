"""Texts tried for one variable alone: together, and as boot takes them."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AliasChoices, BaseModel, ByteSize, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Separated, bake, resolve
from confcontract.compare.accepted import IndexedPlan, Side
from confcontract.compare.accepted.boundaries import telling
from confcontract.compare.accepted.spot import Domain
from confcontract.compare.accepted.text_trial import TextTrial


class Level(enum.Enum):
    LOW = "low"
    ONE = 1


class Inner(BaseModel):
    number: Annotated[int, Field(ge=0, le=9)] = 1
    words: list[str] = []


class Plain(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    number: Annotated[int, Field(ge=0)] = 1
    text: Annotated[str, Field(min_length=1, max_length=9)] = "a"
    size: ByteSize = ByteSize(1)
    path: Path = Path("/")
    level: Level = Level.LOW
    choice: Literal["", "a"] = "a"
    maybe: bool | None = None
    words: Annotated[list[int], Separated(",")] = []
    called: int = Field(1, validation_alias=AliasChoices("CALLED", "NAMED"))
    inner: Inner = Inner()


class WithNull(Plain):
    model_config = SettingsConfigDict(env_parse_none_str="null", env_ignore_empty=True, env_parse_enums=True)


TEXTS = [*telling(Domain.JSON), "low", "LOW", "9", "10", "a\0b"]


@pytest.mark.parametrize("cls", [Plain, WithNull])
def test_texts_that_are_tried_together_are_accepted_as_boot_accepts_them(cls: Any) -> None:
    contract = bake(cls, name="shop", version="1")
    plan = IndexedPlan(contract)
    texts = [text for text in TEXTS if isinstance(text, str)]
    for variable in contract.variables:
        together = TextTrial(Side(plan, variable), required=False)
        together.try_all(texts)
        for text in texts:
            accepted = "\0" not in text and resolve(contract, environ={variable["name"]: text}).ok
            assert (variable["name"], text, together.accepts(text)) == (variable["name"], text, accepted)
            alone = TextTrial(Side(plan, variable), required=False)
            assert alone.accepts(text) is accepted
