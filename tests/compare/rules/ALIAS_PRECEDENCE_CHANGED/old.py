"""The settings before."""

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int = Field(5432, validation_alias=AliasChoices("SHOP_DB_PORT", "SHOP_PORT"))
