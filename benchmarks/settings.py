"""The settings of a plausible web service: thirty variables of the usual types, as unmodified pydantic-settings.

The peers validate this very class.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Annotated, Literal

from pydantic import BaseModel, Field, HttpUrl, PostgresDsn, RedisDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Region(Enum):
    EU = "eu"
    US = "us"
    ASIA = "asia"


class Database(BaseModel):
    url: PostgresDsn = PostgresDsn("postgresql://localhost/shop")
    pool_size: Annotated[int, Field(ge=1, le=200)] = 10
    pool_timeout: timedelta = timedelta(seconds=30)
    echo: bool = False
    statement_timeout: Annotated[float, Field(gt=0)] = 5.0


class Cache(BaseModel):
    url: RedisDsn = RedisDsn("redis://localhost/0")
    ttl: timedelta = timedelta(minutes=5)
    max_entries: Annotated[int, Field(ge=0)] = 10_000
    compress: bool = True


class Mail(BaseModel):
    host: str = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    sender: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] = "shop@example.com"
    starttls: bool = True


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    debug: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    region: Region = Region.EU
    base_url: HttpUrl = HttpUrl("http://localhost:8000")
    allowed_origins: list[str] = []
    feature_flags: dict[str, bool] = {}
    request_timeout: timedelta = timedelta(seconds=10)
    sample_rate: Annotated[float, Field(ge=0, le=1)] = 0.1
    currency: Annotated[str, Field(min_length=3, max_length=3)] = "EUR"
    page_size: Annotated[int, Field(multiple_of=5)] = 20
    secret_key: SecretStr
    api_token: Annotated[SecretStr, Field(min_length=8)]
    session_hours: float = 12.0
    maintenance: bool = False
    database: Database = Database()
    cache: Cache = Cache()
    mail: Mail = Mail()


ENVIRON = {
    "SHOP_HOST": "0.0.0.0",
    "SHOP_PORT": "8080",
    "SHOP_WORKERS": "4",
    "SHOP_DEBUG": "false",
    "SHOP_LOG_LEVEL": "warning",
    "SHOP_REGION": "us",
    "SHOP_BASE_URL": "https://shop.example.com/",
    "SHOP_ALLOWED_ORIGINS": '["https://a.example.com", "https://b.example.com"]',
    "SHOP_FEATURE_FLAGS": '{"checkout": true, "wishlist": false}',
    "SHOP_REQUEST_TIMEOUT": "PT15S",
    "SHOP_SAMPLE_RATE": "0.25",
    "SHOP_CURRENCY": "CHF",
    "SHOP_PAGE_SIZE": "50",
    "SHOP_SECRET_KEY": "correct-horse-battery-staple",
    "SHOP_API_TOKEN": "tok-0123456789",
    "SHOP_SESSION_HOURS": "8.5",
    "SHOP_MAINTENANCE": "0",
    "SHOP_DATABASE__URL": "postgresql://shop:hunter2@db.internal:5432/shop",
    "SHOP_DATABASE__POOL_SIZE": "20",
    "SHOP_DATABASE__POOL_TIMEOUT": "PT5S",
    "SHOP_DATABASE__ECHO": "off",
    "SHOP_DATABASE__STATEMENT_TIMEOUT": "2.5",
    "SHOP_CACHE__URL": "redis://cache.internal:6379/1",
    "SHOP_CACHE__TTL": "PT10M",
    "SHOP_CACHE__MAX_ENTRIES": "50000",
    "SHOP_CACHE__COMPRESS": "true",
    "SHOP_MAIL__HOST": "mail.internal",
    "SHOP_MAIL__PORT": "587",
    "SHOP_MAIL__SENDER": "orders@shop.example.com",
    "SHOP_MAIL__STARTTLS": "yes",
}
