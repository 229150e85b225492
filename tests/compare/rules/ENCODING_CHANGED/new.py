"""The settings after."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    tags: list[str] = []


WHERE = "SHOP_TAGS"  # the variable that is told of
