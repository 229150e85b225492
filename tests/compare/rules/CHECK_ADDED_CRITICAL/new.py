"""The settings after."""

from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Tcp, declare


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int = 8000


declared = declare(Settings, checks=[Tcp("cache", "cache:6379")])

WHERE = ""  # the variable that is told of
