"""The settings after."""

from typing import Annotated

from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import OnChange


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    level: Annotated[str, OnChange("restart")] = "info"


WHERE = "SHOP_LEVEL"  # the variable that is told of
