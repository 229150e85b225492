"""The settings before."""

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    address: str = Field("here", validation_alias=AliasChoices("SHOP_ADDRESS"))
