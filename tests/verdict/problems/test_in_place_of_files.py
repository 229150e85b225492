"""What stands where a file is looked for, and where a value that lacks may be given."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import AliasChoices, BaseModel, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    SettingsConfigDict,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

from confcontract import Contract, bake, resolve
from tests.support.own_order import Given, OwnOrder, Sources
from tests.support.projection import Projection


class Database(BaseModel):
    password: SecretStr
    name: str = ""


class Settings(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__", env_file=".env")
    workers: int = Field(validation_alias=AliasChoices("n_workers", "w"))
    name: str = ""
    database: Database | None = None

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        toml = TomlConfigSettingsSource(cls, "shop.toml", ("tool", "shop"))
        return given.environment, given.env_files, toml, YamlConfigSettingsSource(cls, "shop.yaml")


class Plain(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    workers: int = 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contract() -> Contract:
    return bake(Settings, name="shop", version="1")


def in_place(path: Path, what: str) -> None:
    if what == "a directory":
        path.mkdir()
    elif what == "a pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path if what == "a link to itself" else "nowhere")


@pytest.mark.parametrize("name", ["shop.toml", "shop.yaml", ".env"])
@pytest.mark.parametrize("what", ["a directory", "a pipe", "a link to itself", "a link to nothing"])
def test_what_is_no_file_in_the_place_of_one_is_warned_about(folder: Path, name: str, what: str) -> None:
    if name == ".env" and what == "a pipe":
        return  # is read
    in_place(folder / name, what)
    result = resolve(contract(), environ={"N_WORKERS": "1"})
    assert result.ok
    (problem,) = result.problems
    assert (problem.code, problem.severity, problem.source) == ("source-unreadable", "warning", name)
    assert problem.message.startswith(f"{name} is ")
    assert ("docker" in str(problem.hint)) == (what == "a directory")


def test_what_is_absent_is_not(folder: Path) -> None:
    assert resolve(contract(), environ={"N_WORKERS": "1"}).problems == []


def test_a_value_that_lacks_may_be_given_in_the_class_s_file(folder: Path) -> None:
    (problem,) = resolve(contract(), environ={}).problems
    assert problem.hint == "set N_WORKERS to an integer; or give n_workers in shop.toml, below tool.shop"
    (secret,) = resolve(contract(), environ={"N_WORKERS": "1", "SHOP_DATABASE__NAME": "x"}).problems
    assert str(secret.hint).endswith("holds it; or give database.password in shop.toml, below tool.shop")


@pytest.mark.parametrize("written", ["no", "010", "1:30", "2024-01-02", "1e3"])
def test_what_a_file_takes_for_another_type_than_text_is_to_be_quoted(folder: Path, written: str) -> None:
    (folder / "shop.yaml").write_text(f"w: 1\nname: {written}\ndatabase: {{password: x, name: {written}}}\n")
    result = resolve(contract(), environ={})
    found = [(each.variable, each.source, each.hint) for each in result.problems]
    expected = "put it in quotes"
    if written == "1e3":  # which YAML 1.1 takes for text
        assert found == []
    else:
        assert found == [
            ("SHOP_NAME", "shop.yaml, line 2, column 1", expected),
            ("SHOP_DATABASE__NAME", "shop.yaml, line 3, column 25", expected),
        ]


@pytest.mark.parametrize("written", ["~", "[a]", "{a: b}"])
def test_what_quotes_would_not_mend_is_not(folder: Path, written: str) -> None:
    (folder / "shop.yaml").write_text(f"w: 1\nname: {written}\n")
    (problem,) = resolve(contract(), environ={}).problems
    assert problem.hint == "set text"


def test_a_name_that_is_no_text_has_a_line(folder: Path) -> None:
    (folder / "shop.yaml").write_text("w: 1\nno: 2\n")
    (problem,) = resolve(contract(), environ={}).problems
    assert problem.message == "shop.yaml, line 2, column 1: is a key that is not text"


def test_a_link_out_of_a_volume_with_files_of_the_operator_is_refused(folder: Path) -> None:
    (folder / "outside.env").write_text("SHOP_WORKERS=9\n")
    volume = Projection(folder / "conf.d")
    volume.put(**{"10.toml": "workers = 2\n"})
    made = bake(Plain, name="shop", version="1")
    assert resolve(made, environ={}, conf_dir="conf.d").values == {"workers": 2}
    (volume.directory / "20.env").symlink_to("../outside.env")
    (problem,) = resolve(made, environ={}, conf_dir="conf.d").problems
    assert problem.message == "conf.d/20.env is a link that points outside of conf.d"


def test_service_links_in_an_env_file_are_no_unknown_names(folder: Path) -> None:
    links = {
        "SHOP_DB_SERVICE_HOST": "10.0.0.1",
        "SHOP_DB_SERVICE_PORT": "5432",
        "SHOP_DB_PORT": "tcp://10.0.0.1:5432",
        "SHOP_DB_PORT_5432_TCP": "tcp://10.0.0.1:5432",
        "SHOP_DB_PORT_5432_TCP_PROTO": "tcp",
        "SHOP_DB_PORT_5432_TCP_PORT": "5432",
        "SHOP_DB_PORT_5432_TCP_ADDR": "10.0.0.1",
    }
    text = "".join(f"{name}={value}\n" for name, value in links.items())
    (folder / "pod.env").write_text(text)
    made = bake(Plain, name="shop", version="1")
    assert resolve(made, environ={}, env_files=["pod.env"], strict=True).problems == []
    (folder / "pod.env").write_text(text + "SHOP_DB_HOST=x\n")
    (problem,) = resolve(made, environ={}, env_files=["pod.env"], strict=True).problems
    assert problem.variable == "SHOP_DB_HOST"


def test_a_slip_in_the_name_of_a_pointer_has_the_right_one_beside_it(folder: Path) -> None:
    (problem,) = resolve(bake(Plain, name="shop", version="1"), environ={"SHOP_WROKERS_FILE": "/x"}).problems
    assert problem.hint == "did you mean SHOP_WORKERS_FILE?"
