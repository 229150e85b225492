"""What is known of files: as they were before they were read, so that no change between is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import SecretStr
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from confcontract import Binding, bake, resolve
from confcontract.boot.rotation.replaced_files import ReplacedFiles
from tests.leak.shop_secrets import Flat
from tests.support.booting import Site
from tests.support.own_order import Given, OwnOrder, Sources


def test_a_file_that_comes_while_the_others_are_read_is_news(tmp_path: Path) -> None:
    contract = bake(Flat, name="shop", version="1")
    folder = tmp_path / "conf.d"
    folder.mkdir()
    resolution = resolve(contract, environ={}, conf_dir=str(folder))
    files = ReplacedFiles(resolution)
    folder.rmdir()
    files.see_again()  # it is away for a moment
    folder.mkdir()  # and there again before everything is read
    files.see(resolution)
    assert files.has_news()
    files.see_again()
    files.see(resolution)
    assert not files.has_news()


class Everywhere(OwnOrder, BaseSettings):
    model_config = SettingsConfigDict(env_file="own.env", secrets_dir="own", toml_file="own.toml", extra="ignore")

    limit: int = 5
    token: Annotated[SecretStr | None, Binding("api", key="token")] = None

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        tree = NestedSecretsSettingsSource(given.secrets_dirs, secrets_dir="tree", secrets_dir_missing="ok")
        toml = TomlConfigSettingsSource(cls)
        return given.environment, toml, given.env_files, given.secrets_dirs, tree


READ = {
    "bindings/it/token": ("one", "another"),
    "bindings/it/type": ("api", "another"),
    "conf.d/a.toml": ("limit = 1", "limit = 22"),
    "credentials/LIMIT": ("1", "22"),
    "own.env": ("LIMIT=1", "LIMIT=22"),
    "own.toml": ("limit = 1", "limit = 22"),
    "own/limit": ("1", "22"),
    "tree/limit": ("1", "22"),
}


@pytest.mark.parametrize("written", READ)
def test_what_is_written_to_in_its_place_is_news(
    site: Callable[..., Site], written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(Everywhere)
    monkeypatch.chdir(made.directory)
    before, after = READ[written]
    made.file("bindings/it/type", "api")
    made.file("bindings/it/token", "kept")
    path = made.file(written, before)
    environ = {"SERVICE_BINDING_ROOT": "bindings", "CREDENTIALS_DIRECTORY": "credentials"}
    resolution = made.resolve(environ)
    files = ReplacedFiles(resolution)
    assert not files.has_news()
    path.write_text(after)
    assert files.has_news()
    files.see_again()
    found = made.resolve(environ)
    assert found.values != resolution.values
    files.see(found)
    assert not files.has_news()


def test_a_file_of_the_class_that_comes_is_news(site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> None:
    made = site(Everywhere)
    monkeypatch.chdir(made.directory)
    for path in ("own.env", "own.toml", "own/limit", "tree/limit"):
        files = ReplacedFiles(made.resolve({}))
        made.file(path, READ[path][0])
        assert files.has_news()
