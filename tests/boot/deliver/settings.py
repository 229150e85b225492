"""Settings with secrets of every kind."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Secret


class Mail(BaseModel):
    host: str = "localhost"
    password: SecretStr | None = None


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    port: int = 8080
    database: PostgresDsn | None = None
    password: SecretStr
    pin: Annotated[str | None, Secret()] = None
    mail: Mail = Mail()


def revealed(settings: Settings) -> dict[str, Any]:
    return {
        "port": settings.port,
        "database": str(settings.database),
        "password": settings.password.get_secret_value(),
        "pin": settings.pin,
        "mail": [settings.mail.host, settings.mail.password and settings.mail.password.get_secret_value()],
    }
