"""Mappings, containers and what else may be given by parts."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import AliasPath, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Two = Annotated[dict[str, int], Field(min_length=2)]
Key = Annotated[str, Field(min_length=3)]


class Shard(BaseModel):
    url: str
    size: int = Field(1, ge=1)


class Pair(NamedTuple):
    a: int
    b: int


class Deep(BaseModel):
    n: int = Field(1, validation_alias=AliasPath("path", 0))
    k: int = Field(1, validation_alias=AliasPath("doc", "k"))
    two: Two = Field({"a": 1, "b": 2}, alias="both")


class InParts(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", env_nested_delimiter="__")

    few: Two = {"a": 1, "b": 2}
    maybe: Two | None = None
    many: Annotated[dict[str, int], Field(max_length=1)] = {}
    codes: dict[Key, int] = {}
    numbers: dict[int, int] = {}
    secret: dict[Key, SecretStr] = {}
    nested: dict[str, dict[str, int]] = {}
    sized: dict[str, Two] = {}
    shards: dict[str, Shard] = {}
    word: str | dict[str, int] = ""
    pair: Pair = Pair(1, 2)
    ids: set[int] = set()
    row: tuple[int, int] = (1, 2)
    deep: Deep = Deep.model_validate({})
    top: int = Field(1, validation_alias=AliasPath("TOP", "k"))
