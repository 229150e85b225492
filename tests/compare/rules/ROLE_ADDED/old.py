"""The settings before."""

from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import declare


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int = 8000


declared = declare(Settings, roles={"web": {"command": ["serve"], "needs": None}})
