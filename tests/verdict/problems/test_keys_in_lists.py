"""Keys of configuration files within lists of sections, and keys that are called like a field which has another name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import AliasChoices, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource

from confcontract import bake, resolve
from tests.support.own_order import Given, OwnOrder, Sources


class Server(BaseModel):
    host: str
    port: int = 1
    weight: int = Field(1, alias="w")


class Pool(BaseModel):
    servers: list[Server] = []
    by_zone: dict[str, list[Server]] = {}
    pair: tuple[Server, Server] | None = None
    password: SecretStr = SecretStr("")


class Settings(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")
    servers: list[Server] = []
    pool: Pool = Pool()
    workers: int = Field(1, validation_alias=AliasChoices("n_workers", "w"))
    labels: list[str] = Field([], alias="tags")
    token: SecretStr = Field(SecretStr(""), alias="api_token")

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return given.environment, TomlConfigSettingsSource(cls, "own.toml")


class Closed(Settings):
    model_config = SettingsConfigDict(extra="forbid")


IN_LISTS = """
[[servers]]
host = "a"
[[servers]]
host = "b"
prot = 3
[pool]
servers = [{host = "c", weight = 2}]
by_zone = {eu = [{host = "d", hots = "e"}]}
pair = [{host = "f"}, {host = "g", zone = "h"}]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(settings: Any, **more: Any) -> list[tuple[str | None, str, str | None]]:
    result = resolve(bake(settings, name="shop", version="1"), environ={}, **more)
    return [(each.variable, str(each.source).partition(", ")[2], each.hint) for each in result.problems]


def test_a_key_in_an_item_of_a_list_is_told_with_its_place(folder: Path) -> None:
    (folder / "own.toml").write_text(IN_LISTS)
    assert told(Settings) == [
        ("servers[1].prot", "line 6, column 1", "did you mean servers[1].port?"),
        ("pool.servers[0].weight", "line 8, column 25", "did you mean pool.servers[0].w?"),
        ("pool.by_zone.eu[0].hots", "line 9, column 31", "did you mean pool.by_zone.eu[0].host?"),
        ("pool.pair[1]", "line 10, column 36", "correct the spelling, or remove it"),  # beside a secret
    ]


def test_so_it_is_in_a_file_of_the_operator(folder: Path) -> None:
    (folder / "more.toml").write_text(IN_LISTS)
    found = told(Settings, conf_files=["more.toml"])
    assert [name for name, _, _ in found] == [
        "servers[1].prot",
        "pool.servers[0].weight",
        "pool.by_zone.eu[0].hots",
        "pool.pair[1].zone",
    ]
    assert found[0][1:] == ("line 6, column 1", "did you mean servers[1].port?")


def test_what_an_item_lacks_is_told_with_the_line_of_the_item(folder: Path) -> None:
    (folder / "own.toml").write_text('[[servers]]\nhost = "a"\n[[servers]]\nport = 1\n')
    (problem,) = resolve(bake(Settings, name="shop", version="1"), environ={}).problems
    assert (problem.variable, problem.source) == ("SERVERS", "own.toml, line 3, column 3")


def test_a_key_that_is_called_like_a_field_with_another_name_gives_no_value(folder: Path) -> None:
    (folder / "own.toml").write_text('workers = 3\nw = 4\nlabels = ["x"]\n[[servers]]\nhost = "a"\n[pool]\n')
    result = resolve(bake(Settings, name="shop", version="1"), environ={})
    assert (result.values["workers"], result.values["labels"]) == (4, [])
    sources = {name: str(source) for name, source in result.sources.items()}
    assert (sources["N_WORKERS"], sources["TAGS"]) == ("own.toml, line 2", "default in the image")
    assert [(each.variable, each.hint) for each in result.problems] == [
        ("workers", "did you mean n_workers?"),
        ("labels", "did you mean tags?"),
    ]


def test_where_the_class_forbids_it_the_key_is_named_and_the_one_that_is_meant(folder: Path) -> None:
    (folder / "own.toml").write_text('labels = ["x"]\nPOOL__PASSWORD = "y"\ntoken = "z"\n')
    assert told(Closed) == [
        ("labels", "line 1, column 1", "did you mean tags?"),
        ("POOL__PASSWORD", "line 2, column 1", "did you mean pool.password?"),
        ("token", "line 3, column 1", "did you mean api_token?"),
    ]
