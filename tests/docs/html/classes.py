"""Settings with something of every kind."""

from __future__ import annotations

import datetime
import enum
import ipaddress
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    AnyHttpUrl,
    BaseModel,
    ByteSize,
    Field,
    Json,
    PostgresDsn,
    RedisDsn,
    SecretStr,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Deprecated, Example, Separated, Unit, Vault


class Color(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Database(BaseModel):
    """Where orders are kept."""

    url: Annotated[PostgresDsn, Vault("secret/everything#database_url")]
    pool: int = Field(default=5, ge=1, le=100, description="Connections that are kept open")
    wait: datetime.timedelta = Field(default=datetime.timedelta(seconds=30), gt=datetime.timedelta(0))


class Mail(BaseModel):
    host: str = Field(description="Server that takes mail")
    port: int = 25
    tls: bool = False


class Disk(BaseModel):
    kind: Literal["disk"]
    path: Path


class Bucket(BaseModel):
    kind: Literal["bucket"]
    name: str
    region: str = "eu"


class Everything(BaseSettings):
    """Something of every kind."""

    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")

    name: str = Field(min_length=2, max_length=12, pattern=r"^[a-z][a-z0-9-]*$", description="Name of the instance")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on")
    ratio: float = Field(default=0.5, gt=0, lt=1, description="Share of requests that are traced")
    any_number: float = 1.0
    debug: bool = Field(default=False, description="Say more </script><script>document.title = 'broken'</script>")
    color: Color = Color.RED
    level: Level = Level.LOW
    mode: Literal["fast", "safe"] = "safe"
    timeout: datetime.timedelta = Field(default=datetime.timedelta(seconds=30), le=datetime.timedelta(hours=1))
    day: datetime.date | None = None
    moment: datetime.datetime | None = None
    hour: datetime.time | None = None
    price: Decimal = Field(default=Decimal("9.99"), ge=0, max_digits=6, decimal_places=2)
    limit: Annotated[ByteSize, Unit("bytes")] = Field(default=ByteSize(1024), description="Largest upload")
    identity: uuid.UUID | None = None
    address: ipaddress.IPv4Address = ipaddress.IPv4Address("127.0.0.1")
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    home: AnyHttpUrl | None = None
    cache: RedisDsn | None = None
    folder: Path = Path("/var/lib/app")
    tags: list[str] = Field(default=[], max_length=3)
    numbers: Annotated[list[int], Separated(","), Example("1,2,3")] = [1]
    unique: set[int] = Field(default=set(), max_length=2)
    pair: tuple[int, str] = (1, "a")
    labels: dict[str, int] = {}
    raw: Json[list[int]] | None = None
    greeting: Annotated[str, Deprecated("renamed", replaced_by="APP_GREETING")] = Field(
        default="hello", validation_alias=AliasChoices("APP_GREETING", "APP_BANNER")
    )
    key: Annotated[SecretStr, Vault("secret/everything#key")] = Field(min_length=8, description="Signs things")
    token: SecretStr | None = None
    shout: str = Field(default="HEY", description="Only the application knows what it takes")
    database: Database
    mail: Mail | None = None
    store: Annotated[Disk | Bucket, Field(discriminator="kind")] = Disk(kind="disk", path=Path("/data"))
    extra: Any = None

    @field_validator("shout")
    @classmethod
    def loud(cls, value: str) -> str:
        assert value.isupper()
        return value


def crowd(count: int) -> type[BaseSettings]:
    """A class of `count` variables in sections of a hundred."""
    from pydantic import create_model

    sections: dict[str, Any] = {}
    for first in range(0, count, 100):
        fields: dict[str, Any] = {
            f"setting_{number}": (int, Field(default=number, ge=0, description=f"Number {number} of many"))
            for number in range(first, min(first + 99, count))
        }
        model = create_model(f"Section{first}", **fields)
        sections[f"part_{first // 100}"] = (model, model())
    made: type[BaseSettings] = create_model("Crowd", __base__=BaseSettings, **sections)
    made.model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")
    made.model_rebuild(force=True)
    return made


def talkative() -> type[BaseSettings]:
    """Sixty variables with descriptions of very different length, so that no card is as high as another."""
    from pydantic import create_model

    fields: dict[str, Any] = {
        f"field_{number}": (int, Field(default=number, description="word " * (number * 37 % 400)))
        for number in range(60)
    }
    made: type[BaseSettings] = create_model("Talkative", __base__=BaseSettings, **fields)
    return made
