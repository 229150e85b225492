"""The settings after."""

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int = 8000

    @field_validator("port")
    @classmethod
    def even(cls, value: int) -> int:
        return value


WHERE = "SHOP_PORT"  # the variable that is told of
