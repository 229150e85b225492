"""Settings of every shape that a config file may give."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from typing import Annotated, Literal

from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Vault


class Level(Enum):
    LOW = "low"
    HIGH = "high"


class Pool(BaseModel):
    size: int = Field(default=5, alias="poolSize")
    wait: timedelta = timedelta(seconds=3)


class Database(BaseModel):
    url: str = "sqlite://"
    port: int = 5432
    password: SecretStr = SecretStr("")
    country: str = "none"
    pool: Pool = Pool()


class Replica(BaseModel):
    host: str
    port: int = 5432


class Extra(BaseModel):
    model_config = ConfigDict(extra="allow")

    a: int = 1


class Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    workers: int = 1
    debug: bool = False
    ratio: float = 0.5
    version: str = "0"
    since: date | None = None
    timeout: timedelta = timedelta(seconds=30)
    level: Level = Level.LOW
    mode: Literal["fast", "slow"] = "fast"
    token: SecretStr = SecretStr("")
    key: Annotated[SecretStr, Vault("secret/shop#key")] = SecretStr("")
    tags: list[str] = []
    limits: dict[str, int] = {}
    region: str = Field(default="eu", validation_alias=AliasChoices("REGION", "SHOP_AREA"))
    first: str = Field(default="-", validation_alias=AliasPath("ALL", "names", 0))
    database: Database = Database()
    backup: Database | None = None
    replicas: list[Replica] = []
    more: Extra = Extra()
