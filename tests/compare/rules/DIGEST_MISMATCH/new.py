"""The settings after."""

from typing import Any

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int = 8000


def edited(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "version": "9"}


WHERE = ""  # the variable that is told of
