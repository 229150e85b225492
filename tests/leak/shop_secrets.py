"""A settings class with a secret wherever there can be one; imported by `validate --model` as well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AmqpDsn,
    AnyUrl,
    BaseModel,
    ByteSize,
    Field,
    Json,
    PostgresDsn,
    SecretBytes,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic import Secret as Wrapped
from pydantic_settings import BaseSettings, SettingsConfigDict
from typing_extensions import TypedDict

from confcontract import Binding, Deprecated, File, Http, Secret, Separated, Tcp, Vault, declare


class Database(BaseModel):
    url: PostgresDsn | None = None
    password: SecretStr | None = Field(None, min_length=40)
    port: int = 5432


class Marked(BaseModel):
    key: Annotated[str, Secret()] = Field(max_length=3)
    count: int = 0


@dataclass
class MarkedClass:
    key: Annotated[str, Secret()]
    count: int = 0


class MarkedKeys(TypedDict):
    key: Annotated[str, Secret()]
    count: int


class Tree(BaseModel):
    """Recursive: what is in it is not written out where it is used."""

    hidden: SecretStr | None = None
    marked: Annotated[str | None, Secret()] = None
    count: int = 0
    children: list[Tree] = []


class ByKey(BaseModel):
    kind: Literal["key"] = "key"
    key: SecretStr | None = None


class ByName(BaseModel):
    kind: Literal["name"] = "name"
    name: str = ""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__", secrets_dir="/nowhere-at-all")

    password: SecretStr | None = Field(None, min_length=40)
    short: SecretStr | None = Field(None, max_length=3)
    patterned: Annotated[str | None, Secret(), Field(pattern="^[0-9]$")] = None
    api_key: Annotated[str | None, Secret()] = None
    old_key: Annotated[str | None, Secret(), Deprecated("use SHOP_API_KEY", replaced_by="SHOP_API_KEY")] = None
    vaulted: Annotated[str | None, Vault("secret/shop#vaulted")] = None
    raw: SecretBytes | None = Field(None, max_length=3)
    wrapped_int: Wrapped[int] | None = None
    wrapped_date: Wrapped[date] | None = None
    number: Annotated[int | None, Secret(), Field(le=5)] = None
    real: Annotated[float | None, Secret()] = None
    flag: Annotated[bool | None, Secret()] = None
    amount: Annotated[Decimal | None, Secret(), Field(max_digits=3)] = None
    ident: Annotated[UUID | None, Secret()] = None
    day: Annotated[date | None, Secret()] = None
    span: Annotated[timedelta | None, Secret()] = None
    address: Annotated[IPv4Address | None, Secret()] = None
    size: Annotated[ByteSize | None, Secret()] = None
    place: Annotated[Path | None, Secret()] = None
    packed: Annotated[Json[list[int]] | None, Secret()] = None
    either: Annotated[int | date | None, Secret()] = None
    dsn: Annotated[PostgresDsn | None, Binding("postgresql")] = None
    queue: AmqpDsn | str | None = None
    broker: str = ""
    hosts: list[AnyUrl] = []
    database: Annotated[Database, Binding("database", keys={"port": "uri", "password": "secret"})] = Database(
        password=None
    )
    marked: Marked | None = None
    many: list[Marked] = []
    table: dict[str, Marked] = {}
    marked_class: MarkedClass | None = None
    marked_keys: MarkedKeys | None = None
    tree: Tree = Tree()
    trees: list[Tree] = []
    tokens: list[SecretStr] = []
    by_name: dict[str, SecretStr] = {}
    numbers: dict[str, Wrapped[int]] = {}
    parts: Annotated[list[SecretStr], Separated(","), Field(max_length=1)] = []
    logins: list[Annotated[ByKey | ByName, Field(discriminator="kind")]] = []
    way: Annotated[ByKey | ByName, Field(discriminator="kind")] = ByName()
    checked: Annotated[str, Secret()] | None = None
    refused: bool = False
    port: int = 80

    @field_validator("checked")
    @classmethod
    def talkative(cls, value: str | None) -> str | None:
        if value is not None:
            raise ValueError(f"{value} is not a good key")
        return value

    @model_validator(mode="after")
    def indiscreet(self) -> Settings:
        if self.refused:
            raise ValueError(f"not with {self.api_key}")
        return self


class Strict(BaseSettings):
    """Refuses all names that it does not know."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__", extra="forbid", strict=True)

    api_key: SecretStr | None = None
    database: Database = Database(password=None)
    port: int = 80


class Flat(BaseSettings):
    """Without a delimiter, nothing inside a section is a variable of its own."""

    model_config = SettingsConfigDict(env_prefix="SHOP_")

    database: Database = Database(password=None)
    marked: Marked | None = None
    many: list[Marked] = []
    anything: dict[str, Any] = {}


CHECKED = declare(
    Settings,
    name="shop",
    version="1",
    checks=[
        Tcp("database", "SHOP_DSN", deadline=0.1, interval=0.05),
        Http("broker", "SHOP_BROKER", deadline=0.1, interval=0.05),
        File("place", "SHOP_PLACE", deadline=0.1, interval=0.05),
    ],
)
