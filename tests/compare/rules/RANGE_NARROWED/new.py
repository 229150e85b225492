"""The settings after."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int = Field(8000, ge=1)


WHERE = "SHOP_PORT"  # the variable that is told of
