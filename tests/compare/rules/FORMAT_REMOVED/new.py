"""The settings, with a URL."""

from pydantic import AnyUrl
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    link: AnyUrl


WHERE = "SHOP_LINK"  # the variable that is told of
