"""Nothing decides by words: every one that people see is reworded, and the verdict stays what it was.

Without the marks, what is said must be the same to the letter: a decision by a phrase would take another way, and say
something else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import AliasPath, BaseModel, Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from confcontract.contract.artifact import Contract
from tests.rewording.words import CANARY, rewording


@pytest.fixture
def reword(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return rewording(monkeypatch)


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    barks: bool = True


class Cache(BaseModel):
    url: PostgresDsn | None = None
    password: SecretStr | None = None


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="S_", env_nested_delimiter="__", env_file="own.env", secrets_dir="secrets", extra="forbid"
    )

    port: int = 80
    host: str = Field(alias="S_HOST")
    token: SecretStr
    key: SecretStr | None = None
    dsn: PostgresDsn | None = None
    tags: list[int] = []
    limits: dict[str, int] = {}
    cache: Cache = Cache()
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] = Cat(kind="cat")
    deep: int = Field(1, validation_alias=AliasPath("S_DOC", "a", 1))
    old: str = Field("", deprecated="use S_HOST")


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Settings, name="s", version="1")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text(CANARY)
    (tmp_path / "nul").write_bytes(b"a\0b")
    (tmp_path / "bytes").write_bytes(b"\xff")
    (tmp_path / "bad.env").write_text("S_PORT\nS_TAGS=[1,\nS_LIMITS__A=1\n")
    return tmp_path
