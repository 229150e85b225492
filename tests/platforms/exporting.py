"""Contracts and values for exports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import AliasChoices, AnyUrl, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Role, Separated, Tcp, Vault, bake, declare
from confcontract.contract.artifact import Contract
from confcontract.platforms.export_input import ExportInput, Setting, export_input


class Database(BaseModel):
    url: Annotated[SecretStr, Vault("secret/shop#url")]
    pool: int = Field(5, ge=1, le=50)


class Cache(BaseModel):
    host: str
    port: int = 6379


class Settings(BaseSettings):
    """Something of all that an export tells apart."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    database: Database
    cache: Cache | None = None
    port: int = Field(description='Where it listens: "8080", or what $PORT says', ge=1)
    greeting: str = Field("Hello", validation_alias=AliasChoices("SHOP_GREETING", "SHOP_BANNER"))
    tags: Annotated[list[str], Separated(",")] = ["a"]
    limits: dict[str, int] = {}
    broker: AnyUrl | None = None
    token: SecretStr | None = None
    signing_key: Annotated[SecretStr, Field(min_length=16)]


@cache
def shop() -> Contract:
    declared = declare(
        Settings,
        name="shop",
        version="1.4.0",
        description="Sells things.",
        roles={
            "web": Role(command=["shop", "serve"], description="serves the shop"),
            "worker": Role(command=["shop", "work"]),
            "migrate": Role(command=["shop", "migrate"], needs=["SHOP_DATABASE__URL"]),
        },
        checks=[Tcp("broker", "SHOP_BROKER"), Tcp("cache", "cache:6379")],
    )
    return bake(declared)


def made(values: Mapping[str, str] | None = None, **options: Any) -> ExportInput:
    """The input of an export of the shop."""
    return export_input(shop(), values or {}, **options)


def ways(given: ExportInput) -> dict[str, str]:
    return {setting.name: setting.way.value for setting in given.settings}


def setting(given: ExportInput, name: str) -> Setting:
    return next(each for each in given.settings if each.name == name)
