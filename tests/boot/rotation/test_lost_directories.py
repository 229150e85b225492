"""A directory that gave values, or a file of the class that did, and no longer exists: what is read without it is
not for the running application."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from confcontract import Binding
from confcontract.boot.rotation.candidate import why_unusable
from confcontract.verdict.resolution import Resolution
from tests.support.booting import Site
from tests.support.own_order import Given, OwnOrder, Sources


class Settings(BaseSettings):
    limit: int = 5
    token: Annotated[SecretStr | None, Binding("api", key="token")] = None


FILES = {
    "conf.d": {"conf.d/a.toml": "limit = 7"},
    "bindings": {"bindings/it/type": "api", "bindings/it/token": "t"},
    "bindings/it": {"bindings/it/type": "api", "bindings/it/token": "t"},
    "credentials": {"credentials/LIMIT": "7"},
}


def read(made: Site) -> Resolution:
    environ = {"SERVICE_BINDING_ROOT": str(made.directory / "bindings")}
    environ["CREDENTIALS_DIRECTORY"] = str(made.directory / "credentials")
    return made.resolve(environ)


@pytest.mark.parametrize("gone", FILES)
def test_what_is_read_without_it_is_not_taken(site: Callable[..., Site], gone: str) -> None:
    made = site(Settings)
    for path, text in FILES[gone].items():
        made.file(path, text)
    running = read(made)
    assert running.values != {"limit": 5, "token": None}
    assert why_unusable(read(made), running) is None
    shutil.rmtree(made.directory / gone)
    assert f"{gone} no longer exists" in str(why_unusable(read(made), running))


@pytest.mark.parametrize("gone", ["conf.d", "bindings"])
def test_one_that_gave_nothing_may_go(site: Callable[..., Site], gone: str) -> None:
    made = site(Settings)
    (made.directory / gone).mkdir()
    made.file("credentials/LIMIT", "7")
    running = read(made)
    shutil.rmtree(made.directory / gone)
    assert why_unusable(read(made), running) is None


def test_a_file_that_is_taken_out_of_one_takes_its_values_along(site: Callable[..., Site]) -> None:
    made = site(Settings)
    made.file("conf.d/b.toml", "")
    path = made.file("conf.d/a.toml", "limit = 7")
    running = read(made)
    path.unlink()
    assert why_unusable(read(made), running) is None


class Pool(BaseModel):
    size: int = 1


class OfFiles(OwnOrder, BaseSettings):
    """Reads, best first: the environment, a TOML file, an env file, a directory of secrets, one with folders."""

    model_config = SettingsConfigDict(
        env_file=["one.env", "two.env"],
        secrets_dir="own/",
        toml_file="shop.toml",
        env_nested_delimiter="__",
        extra="ignore",
    )

    limit: int = 5
    pool: Pool = Pool()
    token: SecretStr | None = None
    other: int = Field(1, validation_alias="Elsewhere")

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        return (
            given.environment,
            TomlConfigSettingsSource(cls),
            given.env_files,
            given.secrets_dirs,
            NestedSecretsSettingsSource(
                given.secrets_dirs, secrets_dir="tree", secrets_nested_subdir=True, secrets_dir_missing="ok"
            ),
        )


class Around(BaseSettings):
    inner: OfFiles


OF_CLASS = {
    "shop.toml": {"shop.toml": "limit = 7"},
    "one.env": {"one.env": "LIMIT=7", "two.env": "ELSEWHERE=3"},
    "own": {"own/limit": "7"},
    "tree": {"tree/pool/size": "7"},
    "tree/pool": {"tree/pool/size": "7", "tree/limit": "7"},
}


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize("gone", OF_CLASS)
@pytest.mark.parametrize("settings", [OfFiles, Around])
def test_what_the_class_names_itself_is_not_taken_away_either(
    site: Callable[..., Site], settings: type[BaseSettings], gone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(settings)
    monkeypatch.chdir(made.directory)
    for path, text in OF_CLASS[gone].items():
        made.file(path, text)
    running = made.resolve({"INNER": "{}"})
    assert "7" in str(running.values)
    assert why_unusable(made.resolve({"INNER": "{}"}), running) is None
    remove(made.directory / gone)
    assert f"{gone} no longer exists" in str(why_unusable(made.resolve({"INNER": "{}"}), running))


@pytest.mark.parametrize("gone", ["shop.toml", "one.env", "own", "tree"])
def test_what_is_outranked_may_go(site: Callable[..., Site], gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = site(OfFiles)
    monkeypatch.chdir(made.directory)
    for path, text in OF_CLASS[gone].items():
        made.file(path, text)
    environ = {"LIMIT": "8", "POOL__SIZE": "8"}
    running = made.resolve(environ)
    remove(made.directory / gone)
    assert why_unusable(made.resolve(environ), running) is None


@pytest.mark.parametrize("gone", ["own/limit", "tree/pool/size"])
def test_a_secret_that_is_taken_out_of_the_directory_of_the_class_takes_its_value_along(
    site: Callable[..., Site], gone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(OfFiles)
    monkeypatch.chdir(made.directory)
    path = made.file(gone, "7")
    running = made.resolve({})
    path.unlink()
    found = made.resolve({})
    assert found.values != running.values
    assert why_unusable(found, running) is None


class Needy(BaseSettings):
    model_config = SettingsConfigDict(secrets_dir="own")

    token: SecretStr


def test_that_the_directory_is_gone_is_said_beside_what_is_missing_without_it(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(Needy)
    monkeypatch.chdir(made.directory)
    made.file("own/token", "t")
    running = made.resolve({})
    shutil.rmtree(made.directory / "own")
    told = str(why_unusable(made.resolve({}), running))
    assert "own no longer exists" in told
    assert "TOKEN" in told
