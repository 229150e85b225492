"""Sections of which some members live in Vault."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Vault


class Tls(BaseModel):
    cert: str
    key: Annotated[str, Vault("secret/shop#key")]


class Database(BaseModel):
    url: Annotated[SecretStr, Vault("secret/shop#url")]
    pool: int = 5
    tls: Tls


class Cache(BaseModel):
    url: Annotated[str, Vault("secret/shop#cache")]


class Mail(BaseModel):
    port: Annotated[int, Field(validation_alias=AliasChoices("port", "smtp_port"))]
    hosts: list[int] = []


class Look(BaseModel):
    theme: str = "light"


class Sections(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    database: Database
    cache: Cache
    mail: Mail
    look: Look
    token: Annotated[str, Field(validation_alias=AliasChoices("NEW_TOKEN", "VAULT_OLD_TOKEN"))] = "none"
    limits: Annotated[dict[str, int], Field(validation_alias="VAULT_LIMITS")] = {}
