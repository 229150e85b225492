"""The settings after."""

from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import declare


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int
    region: str


declared = declare(Settings, roles={"web": {"command": ["serve"], "needs": ["SHOP_REGION"]}})

WHERE = ""  # the variable that is told of
