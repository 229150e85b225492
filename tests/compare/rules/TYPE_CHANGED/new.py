"""The settings after."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    mode: int = 1


WHERE = "SHOP_MODE"  # the variable that is told of
