"""The settings after."""

from typing import Any

from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract.contract.digest import digest_of


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int = 8000


def edited(data: dict[str, Any]) -> dict[str, Any]:
    other = {**data, "apiVersion": "confcontract/v2"}
    return {**other, "digest": digest_of(other)}


WHERE = ""  # the variable that is told of
