"""The settings after."""

from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Database(BaseModel):
    pool: int = Field(0, ge=1)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    database: Database


WHERE = "SHOP_DATABASE__POOL"  # the variable that is told of
