"""A value in the JSON of a section, and the same value by a name of its own in another source: the one that the
application takes is the one that is explained, and blamed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, bake, resolve
from confcontract.verdict.explain import rows
from confcontract.verdict.resolution import Resolution
from tests.support.modules import module

SETTINGS = """
class Db(BaseModel):
    host: str = "h"
    port: int = Field(1, validation_alias=AliasChoices("port", "tcp_port"))

class Mail(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MAIL_", secrets_dir="secrets")
    port: int = 25
    user: str = ""

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__", env_file="own.env")
    db: Db = Db()
    mail: Mail = Field(default_factory=Mail)
"""


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contract]:
    with module(SETTINGS, tmp_path_factory.mktemp("made")) as made:
        yield bake(made.Settings, name="app")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.env").write_text("APP_DB__PORT=3\nAPP_DB__HOST=file\n", encoding="utf-8")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "mail_port").write_text("26\n", encoding="utf-8")
    return tmp_path


def explained(result: Resolution, variable: str) -> tuple[str | None, str]:
    row = next(row for row in rows(result) if row.variable["name"] == variable)
    return row.text, str(result.sources[variable])


def blamed(result: Resolution) -> list[tuple[str | None, str | None]]:
    return [(problem.variable, problem.source) for problem in result.problems]


@pytest.mark.parametrize("key", ["port", "tcp_port"])
def test_json_in_the_environment_outranks_a_part_in_the_applications_file(contract: Contract, key: str) -> None:
    result = resolve(contract, environ={"APP_DB": f'{{"{key}": 5}}'})
    assert result.values["db"] == {"host": "file", "port": 5 if key == "port" else 3}
    if key == "port":
        assert explained(result, "APP_DB__PORT") == ("5", "environment")
    assert explained(result, "APP_DB__HOST")[1].startswith("the application's env file")


def test_json_in_the_environment_is_blamed_and_not_the_applications_file(contract: Contract) -> None:
    result = resolve(contract, environ={"APP_DB": '{"port": "five"}'})
    assert blamed(result) == [("APP_DB__PORT", "environment, as APP_DB")]
    assert explained(result, "APP_DB__PORT") == (None, "environment")


def test_the_part_is_blamed_where_the_json_does_not_have_it(contract: Contract, elsewhere: Path) -> None:
    (elsewhere / "own.env").write_text("APP_DB__PORT=three\n", encoding="utf-8")
    result = resolve(contract, environ={"APP_DB": '{"host": "json"}'})
    assert blamed(result) == [("APP_DB__PORT", "the application's env file own.env, line 1")]


def test_a_part_in_the_same_source_outranks_the_json(contract: Contract) -> None:
    result = resolve(contract, environ={"APP_DB": '{"port": 5}', "APP_DB__PORT": "six"})
    assert blamed(result) == [("APP_DB__PORT", "environment")]


def test_what_a_settings_class_is_given_outranks_what_it_reads(contract: Contract) -> None:
    result = resolve(contract, environ={"APP_MAIL": '{"port": "x"}'})
    assert blamed(result) == [("APP_MAIL__PORT", "environment, as APP_MAIL")]
    result = resolve(contract, environ={"APP_MAIL__PORT": "y", "APP_MAIL__USER": "u"})
    assert blamed(result) == [("APP_MAIL__PORT", "environment")]
    result = resolve(contract, environ={"APP_MAIL": '{"user": "u"}'})
    assert result.values["mail"] == {"port": 26, "user": "u"}
    assert explained(result, "APP_MAIL__PORT")[1].startswith("secret file secrets/mail_port")


def test_a_section_is_masked_where_a_part_of_it_came_from_a_secret_file(contract: Contract, elsewhere: Path) -> None:
    (elsewhere / "host").write_text("hunter2\n", encoding="utf-8")
    result = resolve(contract, environ={"APP_DB__HOST_FILE": "host", "APP_DB__PORT": "7", "APP_MAIL__USER": "u"})
    assert result.values["db"] == {"host": "hunter2", "port": 7}
    shown = {row.variable["name"]: row.value for row in rows(result)}
    assert shown["APP_DB"] == shown["APP_DB__HOST"] == shown["APP_MAIL"] == "***"
    assert (shown["APP_DB__PORT"], shown["APP_MAIL__USER"]) == ("7", "u")


class OfTwoFiles(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_file=["one.env", "two.env"], env_nested_delimiter="__")

    host: str = "-"
    port: int = 1


def test_each_value_of_several_env_files_is_told_with_its_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    contract = bake(OfTwoFiles, name="app", version="1")
    Path("one.env").write_text("# first\nAPP_HOST=a\nAPP_PORT=1\n")
    Path("two.env").write_text("app_port=2\n")
    result = resolve(contract, environ={})
    assert explained(result, "APP_HOST") == ("a", "the application's env file one.env, line 2")
    assert explained(result, "APP_PORT") == ("2", "the application's env file two.env, line 1")
    Path("two.env").write_text("\n\napp_port=x\n")
    assert blamed(resolve(contract, environ={})) == [
        ("APP_PORT", "the application's env file two.env, line 3, as app_port")
    ]
