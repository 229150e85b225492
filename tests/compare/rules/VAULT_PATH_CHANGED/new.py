"""The settings after."""

from typing import Annotated

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Vault


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: Annotated[SecretStr, Vault("secret/store#password")]


WHERE = "SHOP_PASSWORD"  # the variable that is told of
