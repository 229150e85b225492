"""The settings before."""

from typing import Annotated

from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Separated


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    tags: Annotated[list[str], Separated(",")] = []
