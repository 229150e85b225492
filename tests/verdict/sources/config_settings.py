"""A class that reads config files, baked in the order that a test wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic_settings import (
    BaseSettings,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from confcontract import Contract, bake, resolve
from confcontract.verdict.explain import Row, rows
from tests.support.own_order import Given, OwnOrder, Sources


class Database(BaseModel):
    host: str = "localhost"
    port: int = 5432
    password: SecretStr = SecretStr("")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
    workers: int
    tags: list[str] = []
    database: Database = Database()


InOrder = Callable[[Any, Any], Sources]


def contract_of(sources: InOrder, **config: Any) -> Contract:
    class Here(OwnOrder, Settings):
        model_config = SettingsConfigDict(**config)  # type: ignore[typeddict-item]

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return sources(cls, given.environment)

    contract = bake(Here, name="shop", version="1")
    assert not contract.deferred
    return contract


def below(cls: Any, env: Any) -> tuple[Any, ...]:
    return env, TomlConfigSettingsSource(cls, toml_file="config.toml")


def above(cls: Any, env: Any) -> tuple[Any, ...]:
    return TomlConfigSettingsSource(cls, toml_file="config.toml"), env


def shown(contract: Contract, **environ: str) -> dict[str, Row]:
    return {row.name: row for row in rows(resolve(contract, environ=environ))}
