"""Secrets, references and pointers in config files, and what policies say of values there."""

from __future__ import annotations

import json
import os
from pathlib import Path
from unittest import mock

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, Field, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, bake
from confcontract.verdict.explain import rows
from tests.support.classes import revealed
from tests.support.memory import Memory
from tests.verdict.sources.judged_files import CANARY, given, problem, source


def test_a_reference_is_read_wherever_it_stands(contract: Contract, tmp_path: Path) -> None:
    text = "version = 'vault:secret/shop#version'\n[backup]\nport = 1\nurl = 'vault:secret/shop#url'\n"
    vault = Memory({"secret/shop": {"key": "k", "version": "7", "url": "u"}})
    result = given(contract, tmp_path, text, vault=vault)
    assert result.ok, result.problems
    assert result.values["version"] == "7"
    assert (result.values["backup"]["url"], result.values["backup"]["port"]) == ("u", 1)
    assert str(result.sources["SHOP_BACKUP__URL"]).startswith("Vault secret/shop#url")


def test_a_reference_in_a_list_is_refused(contract: Contract, tmp_path: Path) -> None:
    result = given(contract, tmp_path, "tags = ['vault:secret/shop#tag']")
    assert problem(result, "reference-unresolved").variable == "SHOP_TAGS"


@pytest.mark.parametrize(
    ("text", "variable"),
    [("token_file = '{}'", "SHOP_TOKEN"), ("[database]\npassword_file = '{}'", "SHOP_DATABASE__PASSWORD")],
)
def test_a_file_is_pointed_at_by_a_key(contract: Contract, tmp_path: Path, text: str, variable: str) -> None:
    (tmp_path / "secret").write_text(CANARY)
    result = given(contract, tmp_path, text.format(tmp_path / "secret"), strict=True)
    assert result.ok, result.problems
    assert result.environ[variable] == CANARY
    assert source(result, variable) == f"secret file {tmp_path}/secret"


def test_a_pointer_in_the_environment_outranks_a_file(contract: Contract, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("higher")
    environ = {"SHOP_DATABASE__PASSWORD_FILE": str(tmp_path / "secret")}
    result = given(contract, tmp_path, f"[database]\npassword = '{CANARY}'\nport = 1", environ=environ)
    assert result.values["database"]["password"] == "higher"
    assert CANARY not in str(result.environ)


def test_a_secret_in_a_section_is_a_variable_of_its_own_and_never_shown(contract: Contract, tmp_path: Path) -> None:
    result = given(contract, tmp_path, f"token = '{CANARY}'\n[database]\nport = 1\npassword = '{CANARY}'\n")
    assert result.environ["SHOP_DATABASE__PASSWORD"] == CANARY
    assert result.environ["SHOP_DATABASE"] == '{"port":1}'
    shown = [(row.name, row.value, row.source, *row.overridden, *row.notes) for row in rows(result)]
    assert CANARY not in str(shown)


@pytest.mark.parametrize(
    "aliases", [AliasChoices("shop", AliasPath("all", "shop")), AliasChoices(AliasPath("all", "shop"), "shop")], ids=str
)
def test_a_secret_in_a_section_that_an_alias_path_leads_to_as_well_is_read(
    tmp_path: Path, aliases: AliasChoices
) -> None:
    """Longer names are read beside the name of such a section only."""

    class Inside(BaseModel):
        password: str = "-"

    class Aliased(BaseSettings):
        model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")
        database: Inside = Field(Inside(), validation_alias=aliases)

    contract = bake(Aliased, name="shop", version="1")
    pointed = tmp_path / "pointed"
    pointed.write_text("by file")
    for text, read in [
        (f"[shop]\npassword = '{CANARY}'\n", CANARY),
        (f"[shop]\npassword_file = '{pointed}'\n", "by file"),
    ]:
        result = given(contract, tmp_path, text, environ={})
        assert result.ok, result.problems
        assert result.values == {"database": {"password": read}}
        with mock.patch.object(os, "environ", result.environ):
            made: type[BaseSettings] = Aliased  # whose constructor takes anything
            assert revealed(made()) == {"database": {"password": read}}


class _Login(BaseModel):
    user: str = "-"
    Key: str = "-"


class _Shared(BaseModel):
    Key: str = Field("-", validation_alias=AliasChoices("x", "y"))
    user: str = Field("-", validation_alias=AliasChoices("x", "old"))


@pytest.mark.parametrize(
    ("model", "alias", "key"),
    [
        (_Login, AliasChoices("x", "Y"), "Y"),
        (_Login, AliasChoices("Y"), "Y"),
        (_Shared, AliasChoices("login"), "login"),
    ],
    ids=["another key", "a key in capitals", "a shared key"],
)
def test_a_secret_stays_beside_what_a_name_of_its_own_would_hide(
    tmp_path: Path, model: type[BaseModel], alias: AliasChoices, key: str
) -> None:
    section = create_model("Section", login=(model, Field(model(), validation_alias=alias)))

    class Nested(BaseSettings):
        model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")
        url: section = section()  # type: ignore[valid-type]

    members = {"x": CANARY} if model is _Shared else {"user": "u", "Key": CANARY}
    text = json.dumps({"url": {key: members}})
    result = given(bake(Nested, name="shop", version="1"), tmp_path, text, "a.json", environ={})
    assert result.ok, result.problems
    hidden = [row for row in rows(result) if not row.name.endswith("OLD")]  # which is not a secret
    assert CANARY not in str([(row.value, row.source, *row.notes) for row in hidden])
    with mock.patch.object(os, "environ", result.environ):
        made: type[BaseSettings] = Nested
        read = revealed(made())["url"]["login"]
    assert read == result.values["url"]["login"]
    assert read == {"user": CANARY if model is _Shared else "u", "Key": CANARY}


def test_a_policy_judges_what_a_file_gives(contract: Contract, tmp_path: Path) -> None:
    policy = tmp_path / "a.schema.json"
    policy.write_text('{"properties": {"database": {"properties": {"port": {"maximum": 10}}}}}')
    result = given(contract, tmp_path, "[database]\nport = 11", policies=[policy])
    assert problem(result, "policy-violated").variable == "SHOP_DATABASE__PORT"


def test_a_value_that_is_invalid_is_told_with_its_line(contract: Contract, tmp_path: Path) -> None:
    told = problem(given(contract, tmp_path, "workers = 1\n[database]\nport = 'x'"), "value-invalid")
    assert told.variable == "SHOP_DATABASE__PORT"
    assert f"{tmp_path}/shop.toml, line 3" in (told.source or "")
