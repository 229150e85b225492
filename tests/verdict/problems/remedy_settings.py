"""Values that are easily written wrong."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Literal, NamedTuple

from pydantic import AliasPath, BaseModel, Field, Json, RedisDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Separated


class Cache(BaseModel):
    url: RedisDsn = RedisDsn("redis://localhost:6379/0")
    password: SecretStr | None = None


class Store(BaseModel):
    path: str
    replicas: list[str] = Field([], alias="copies")
    shards: Sequence[int] = Field(alias="parts")


class Point(NamedTuple):
    at: int
    name: str


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    barks: bool = True


class Remedies(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="R_", env_nested_delimiter="__")

    cache: Cache = Cache()
    store: Store
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] = Cat(kind="cat")
    ids: list[int] = []
    names: set[str] = {"x"}
    pair: tuple[int, str] = (1, "a")
    limits: dict[str, int] = {}
    groups: dict[str, list[int]] = {}
    tokens: dict[str, SecretStr] = {}
    ports: Annotated[list[int], Separated(";")] = []
    data: Annotated[Json[list[int]] | None, Field()] = None
    shares: list[Fraction] = []
    spans: tuple[Annotated[int, Field(ge=1, le=5)], str] | None = None
    rows: list[dict[str, int]] = []
    either: list[int] | dict[str, bool] = []
    point: Point = Point(0, "o")
    first: str = Field("z", validation_alias=AliasPath("NAMES", 0))
    deep: int = Field(1, validation_alias=AliasPath("DOC", "a", 1))
