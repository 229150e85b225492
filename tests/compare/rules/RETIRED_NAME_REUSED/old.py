"""The settings before."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    host: str = Field("here", validation_alias="SHOP_HOST")
    peer: str = Field("there", validation_alias="SHOP_PEER")
