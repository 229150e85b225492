"""Keys of a class's own config files that it takes no notice of are told, with their line."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from confcontract import bake, resolve
from tests.support.own_order import Given, OwnOrder, Sources
from tests.verdict.sources.config_settings import Database, Settings, below, contract_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_key_that_is_no_settings_is_told_with_its_line_and_the_one_that_is_meant(folder: Path) -> None:
    (folder / "config.toml").write_text("workers = 4\nwrokers = 3\n")
    (problem,) = resolve(contract_of(below), environ={}).problems
    assert (problem.code, problem.source) == ("name-unknown", "config.toml, line 2, column 1")
    assert problem.hint == "did you mean workers?"


IGNORED = """
workers = 4
tasg = ["x"]
colour = "red"

[database]
Port = 1
prot = 2
host = "db"

[pools.main]
sice = 1
"""


def test_keys_that_the_class_takes_no_notice_of_are_told(folder: Path) -> None:
    class Pool(BaseModel):
        size: int = 1

    class Shared(OwnOrder, Settings):
        model_config = SettingsConfigDict(extra="ignore", toml_file="config.toml")
        pools: dict[str, Pool] = Field({})

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return given.environment, TomlConfigSettingsSource(cls)

    contract = bake(Shared, name="shop", version="1")
    (folder / "config.toml").write_text(IGNORED)
    told = [(p.severity, p.variable, p.source, p.hint) for p in resolve(contract, environ={}).problems]
    assert told == [
        ("warning", "database.Port", "config.toml, line 7, column 1", "did you mean database.port?"),
        ("warning", "database.prot", "config.toml, line 8, column 1", "did you mean database.port?"),
        ("warning", "pools.main.sice", "config.toml, line 12, column 1", "did you mean pools.main.size?"),
        ("warning", "tasg", "config.toml, line 3, column 1", "did you mean tags?"),
    ]
    strict = resolve(contract, environ={}, strict=True).problems
    assert [p.severity for p in strict] == ["error", "error", "error", "warning"]
    (folder / "config.toml").write_text("workers = 4\ntags = []\ntasg = 1\nwork = 1\n[database]\nport = 3\n")
    assert resolve(contract, environ={}).problems == []  # what is given is meant, and "work" is like nothing


def test_a_key_beside_a_secret_is_named_only_where_it_is_nearly_a_setting_s(folder: Path) -> None:
    class Login(BaseModel):
        user: str = "app"
        password: SecretStr = SecretStr("")

    class Logins(OwnOrder, BaseSettings):
        model_config = SettingsConfigDict(extra="ignore", toml_file="config.toml")
        login: Login = Login()

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return given.environment, TomlConfigSettingsSource(cls)

    (folder / "config.toml").write_text("[login]\npasswrod = 'x'\nzq81-hunter2 = 1\n")
    told = resolve(bake(Logins, name="shop", version="1"), environ={}).problems
    assert [(p.variable, p.source, p.hint) for p in told] == [
        ("login.passwrod", "config.toml, line 2, column 1", "did you mean login.password?"),
        ("login", "config.toml, line 3, column 1", "correct the spelling, or remove it"),
    ]


def test_keys_of_a_settings_class_within_are_told_by_its_own_file(folder: Path) -> None:
    class Inner(OwnOrder, BaseSettings):
        model_config = SettingsConfigDict(toml_file="inner.toml", extra="ignore")
        level: int = 1
        database: Database = Database()

        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return given.environment, TomlConfigSettingsSource(cls)

    class Outer(BaseSettings):
        inner: Inner

    contract = bake(Outer, name="shop", version="1")
    (folder / "inner.toml").write_text("levle = 2\n[database]\nhots = 'h'\n")
    told = [(p.variable, p.source, p.hint) for p in resolve(contract, environ={"inner": "{}"}).problems]
    assert told == [
        ("database.hots", "inner.toml, line 3, column 1", "did you mean database.host?"),
        ("levle", "inner.toml, line 1, column 1", "did you mean level?"),
    ]
