"""A settings class with something of everything that a contract can hold."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, AliasPath, BaseModel, ByteSize, Field, Json, PostgresDsn, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Deprecated, Example, File, Http, Secret, Separated, Tcp, Unit, Vault, declare


class Level(str, Enum):  # noqa: UP042 - boot makes such a class anew
    LOW = "low"
    HIGH = "high"


class Card(BaseModel):
    kind: Literal["card"] = "card"
    number: SecretStr | None = None


class Cash(BaseModel):
    kind: Literal["cash"] = "cash"
    limit: Decimal = Field(Decimal("10.5"), max_digits=5, gt=0)


class Node(BaseModel):
    title: str = "leaf"
    children: list[Node] = []


class Database(BaseModel):
    url: Annotated[PostgresDsn, Vault("secret/shop#database_url")]
    pool: int = Field(5, ge=1, le=50, multiple_of=5)


class Cache(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CACHE_")
    host: str = "localhost"


class Settings(BaseSettings):
    """A shop.

    It sells things.
    """

    model_config = SettingsConfigDict(
        env_prefix="SHOP_", env_nested_delimiter="__", env_file=".env", secrets_dir=None, env_parse_none_str="null"
    )

    database: Database | None = None
    payment: Annotated[Card | Cash, Field(discriminator="kind")] = Cash(limit=Decimal("9.5"))
    tree: Node = Node()
    cache: Cache = Cache()
    level: Level = Level.LOW
    tags: Annotated[list[str], Separated(",")] = ["a", "b"]
    limits: dict[str, int] = {}
    options: Annotated[Json[list[int]], Field()] = "[1]"  # type: ignore[assignment]  # the default is validated too
    timeout: Annotated[timedelta, Unit("seconds"), Example("PT5S"), Field(le=timedelta(hours=1))] = timedelta(
        seconds=30
    )
    day: date = date(2026, 1, 2)
    size: ByteSize = ByteSize(1024)
    place: Path = Path("/srv")
    port: int = Field(description="Where it listens.", validation_alias=AliasChoices("SHOP_PORT", "PORT"))
    first: str = Field("x", validation_alias=AliasPath("SHOP_ALL", 0))
    motto: Annotated[str, Deprecated("use SHOP_SLOGAN", replaced_by="SHOP_SLOGAN")] = Field("", max_length=20)
    token: Annotated[str | None, Secret()] = None
    started: str = Field(default_factory=lambda: "now")
    host: str = Field("localhost", pattern="^[a-z]+$")

    @field_validator("host")
    @classmethod
    def known(cls, value: str) -> str:
        return value


SHOP = declare(
    Settings,
    name="shop",
    version="1.4.0",
    description="Sells things.",
    roles={"web": {"command": ["true"], "needs": ["SHOP_PORT"]}, "job": {"needs": None}},
    checks=[
        Tcp("cache", "localhost:9", deadline=0.1),
        Http("search", "http://localhost:9", path="/healthz", status=[200, 204], headers={"x": "y"}, deadline=0.1),
        File("place", "SHOP_PLACE", require=["readable"]),
    ],
)
