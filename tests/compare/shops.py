"""Two versions of an application, as they are compared in these tests."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Database(BaseModel):
    url: str
    pool: int = Field(5, ge=0)


class NarrowDatabase(BaseModel):
    url: str
    pool: int = Field(5, ge=1)


class Old(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    host: str = "localhost"
    port: int = Field(8000, ge=1)
    level: Literal["info", "debug"] = "info"
    database: Database
    key: SecretStr


class New(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    host: str = "localhost"
    port: int = Field(8080, ge=1)
    level: Literal["info", "debug"] = "info"
    database: NarrowDatabase
    key: SecretStr
    region: str


class Newest(New):
    timeout: float = 1.5


class Elsewhere(BaseSettings):
    """Of another application."""

    model_config = SettingsConfigDict(env_prefix="STORE_")

    host: str = "localhost"
