"""A settings class with a little of everything that boot has a shortcut for."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Mail(BaseModel):
    host: str = "localhost"
    sender: Annotated[str, Field(pattern=r"^[^@]+@[^@]+$")] = "a@example.com"


class LeanSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LEAN_", env_nested_delimiter="__")

    port: int = 8000
    tags: list[str] = []
    mail: Mail = Mail()
