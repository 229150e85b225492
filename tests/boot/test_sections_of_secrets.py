"""Secrets that are a part of a section, or a section that is one, beside other sources' parts of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Vault
from confcontract.verdict.explain import render_json, render_plain, rows
from tests.support.booting import CANARY, PLAIN, Site


class Db(BaseModel):
    url: str = Field("default", validation_alias=AliasChoices("url", "uri"))
    spare: str = "default"


class WithDirectory(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", env_nested_delimiter="__", secrets_dir="secrets")

    db: Db = Field(default_factory=lambda: Db.model_validate({}))


class Login(BaseModel):
    password: Annotated[str, Vault("secret/ladder#token")] = Field(validation_alias=AliasChoices("password", "pw"))
    user: str = "nobody"


class FromVault(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", env_nested_delimiter="__")

    login: Login


class Plain(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", env_nested_delimiter="__")

    names: dict[str, str] = {}


@pytest.mark.parametrize("low", ["S_DB__URL=low\n", "S_DB__URI=low\n", 'S_DB={"uri": "low"}\n'])
@pytest.mark.parametrize("where", ["conf.d/a.env", "given.env"])
def test_a_section_in_the_secrets_dir_outranks_its_parts_in_env_files(
    site: Callable[..., Site], low: str, where: str
) -> None:
    here = site(WithDirectory)
    (here.directory / "secrets").mkdir()
    here.file("secrets/s_db", '{"url": "high"}')
    file = here.file(where, low + "S_DB__SPARE=beside\n")
    result = here.agree({}, [file] if where == "given.env" else [])
    assert result.values["db"] == {"url": "high", "spare": "beside"}
    assert result.sources["S_DB__URL"].kind == "secret-file"


def test_the_environment_outranks_a_section_in_the_secrets_dir(site: Callable[..., Site]) -> None:
    here = site(WithDirectory)
    (here.directory / "secrets").mkdir()
    here.file("secrets/s_db", '{"url": "low", "spare": "beside"}')
    here.file("conf.d/a.env", "S_DB__SPARE=lowest\n")
    result = here.agree({"S_DB__URL": "high"})
    assert result.values["db"] == {"url": "high", "spare": "beside"}


@pytest.mark.parametrize(
    "low", ['S_LOGIN={"pw": "low"}\n', 'S_LOGIN={"password": "low", "user": "x"}\n', "S_LOGIN__PW=low\n"]
)
def test_what_vault_gives_outranks_every_spelling_of_a_file(
    site: Callable[..., Site], vault: Mapping[str, str], low: str
) -> None:
    from confcontract.secrets.vault.reader import VaultReader

    here = site(FromVault)
    here.file("conf.d/a.env", low)
    result = here.resolve(vault, vault=VaultReader({**PLAIN, **vault}, deadline_seconds=30))
    assert result.ok, result.problems
    assert here.settings_in(result.environ) == result.values
    assert here.settings_in(result.environ)["login"]["password"] == "from Vault"
    assert not [value for value in result.environ.values() if "low" in value]


def test_a_mapping_that_has_parts_from_a_secret_file_is_masked_as_a_whole(
    site: Callable[..., Site], tmp_path: Path
) -> None:
    """The value of the environment is not a secret, but what the file adds to it is."""
    here = site(Plain)
    secret = here.file("secret", f'{{"a": "{CANARY}"}}')
    here.file("conf.d/a.env", f"S_NAMES_FILE={secret}\n")
    result = here.agree({"S_NAMES": '{"b": "plain"}'})
    assert result.values["names"] == {"a": CANARY, "b": "plain"}
    table = rows(result)
    shown: Any = render_plain(table) + render_json(table)
    assert CANARY not in shown
    assert f"overrides secret file {secret}" in shown  # where the other part came from
