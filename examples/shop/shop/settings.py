"""What the shop can be told. Nothing else in this package reads the environment."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AliasChoices, BaseModel, Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Deprecated, Example, Role, Separated, Tcp, Unit, Vault, declare
from shop import __version__

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"


class Database(BaseModel):
    url: Annotated[PostgresDsn, Vault("secret/shop#database_url")]
    pool_size: int = Field(default=5, ge=1, le=100, description="Connections")


class Features(BaseModel):
    gift_wrap: bool = Field(default=False, description="Offer gift wrap")


class Worker(BaseModel):
    interval: timedelta = Field(default=timedelta(minutes=1), description="Between two looks at the queue")


class DatabaseSettings(BaseSettings):
    """All that a migration reads: it starts where the rest of the configuration is not there yet."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    database: Database


class Settings(DatabaseSettings):
    """The shop's settings."""

    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on")
    log_level: LogLevel = Field(default=LogLevel.INFO, description="Least level that is logged")
    greeting: Annotated[str, Deprecated("renamed in 1.3", replaced_by="SHOP_GREETING")] = Field(
        default="Welcome to the shop",
        validation_alias=AliasChoices("SHOP_GREETING", "SHOP_BANNER"),
        description="First line of the front page",
    )
    currencies: Annotated[list[Currency], Separated(","), Example("EUR,CHF")] = Field(
        default=["EUR"], description="Currencies that are accepted, the preferred one first"
    )
    request_timeout: Annotated[float, Unit("seconds")] = Field(
        default=30, gt=0, le=300, description="Longest time that a request may take"
    )
    signing_key: Annotated[SecretStr, Vault("secret/shop#signing_key")] = Field(
        min_length=16, description="Signs receipts"
    )
    features: Features = Features()
    worker: Worker = Worker()


shop = declare(
    Settings,
    name="shop",
    version=__version__,
    description="Sells things, and signs the receipt.",
    roles={
        "web": Role(command=["python", "-m", "shop"], description="serves the shop over HTTP"),
        "worker": Role(command=["python", "-m", "shop.worker"], description="ships what was ordered"),
        "migrate": Role(
            command=["python", "-m", "shop.migrate"], needs=["SHOP_DATABASE__URL"], description="prepares the database"
        ),
    },
    checks=[Tcp("database", "SHOP_DATABASE__URL", deadline=20)],
)
