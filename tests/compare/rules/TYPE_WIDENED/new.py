"""The settings after."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    ratio: float = 1


WHERE = "SHOP_RATIO"  # the variable that is told of
