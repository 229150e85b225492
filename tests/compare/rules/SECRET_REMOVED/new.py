"""The settings after."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    key: str = ""


WHERE = "SHOP_KEY"  # the variable that is told of
