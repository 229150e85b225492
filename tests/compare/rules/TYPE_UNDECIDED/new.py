"""A section of one of two kinds."""

from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict


class Card(BaseModel):
    number: float = 1


class Cash(BaseModel):
    limit: int = 1


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    payment: Card | Cash = Cash()


WHERE = "SHOP_PAYMENT"  # the variable that is told of
