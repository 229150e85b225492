"""The settings after."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    code: str = Field("a", pattern=r"^[a-z0-9]+$")


WHERE = "SHOP_CODE"  # the variable that is told of
