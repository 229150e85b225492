"""Sections that are put together with a secret among their parts: it is found, handed over and masked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Vault
from confcontract.author.release_questions import heeds_configuration_of_models
from tests.support.booting import CANARY, Site
from tests.support.memory import Memory
from tests.verdict.sources.put_together import Resolved
from tests.verdict.sources.test_parts_of_parts import CONFIG
from tests.verdict.sources.test_put_together import Inner, Settings


class WithPassword(Inner):
    password: Annotated[str, Vault("secret/shop#password")] = "default"


class FromVault(BaseSettings):
    model_config = CONFIG

    section: WithPassword = WithPassword()


class Nested(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="NEST_")

    url: str = "default"


class Outer(BaseSettings):
    model_config = CONFIG

    nest: Nested = Nested()


class WithSecrets(BaseSettings):
    model_config = SettingsConfigDict(**{**CONFIG, "secrets_dir": "kept"})

    section: Inner = Inner()


class Shop(BaseModel):
    name: str = "default"
    token: Annotated[str, Vault("secret/shop#token")]


class NameFirst(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")

    shop: Shop = Field(validation_alias=AliasChoices("shop", AliasPath("all", "shop")))


class PathFirst(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")

    shop: Shop = Field(validation_alias=AliasChoices(AliasPath("all", "shop"), "shop"))


@pytest.mark.parametrize(
    ("environ", "env_file", "files", "expected"),
    [
        ({"S_FREE__Z": "hi"}, "", {"S_FREE_FILE": '{"k": "vault:x"}'}, {"z": "hi", "k": "vault:x"}),
        ({}, 'S_FREE=\'{"low": "x"}\'\n', {"S_FREE_FILE": '{"k": "vault:x"}'}, {"low": "x", "k": "vault:x"}),
    ],
)
def test_a_secret_that_begins_like_a_reference_is_put_together_like_any_other(
    site: Callable[..., Site], environ: dict[str, str], env_file: str, files: dict[str, str], expected: Any
) -> None:
    found = Resolved(site(Settings), environ, env_file, files)
    assert found.codes == []
    assert found.result.values["free"] == expected
    assert found.read == found.result.values
    assert found.rows["S_FREE"].value == "***"


def test_vault_outranks_what_a_lower_source_gave_to_a_section_that_was_put_together(site: Callable[..., Site]) -> None:
    environ = {"S_SECTION__OPTIONS__Z": "hi"}
    files = {"S_SECTION__OPTIONS_FILE": '{"q": "low"}'}
    store = Memory({"secret/shop": {"password": "from Vault"}})
    found = Resolved(site(FromVault), environ, 'S_SECTION=\'{"password": "low"}\'\n', files, vault=store)
    assert found.result.values["section"] | {"pool": {}} == {
        "name": "default",
        "options": {"q": "low", "z": "hi"},
        "password": "from Vault",
        "pool": {},
        "url": "default",
    }
    assert found.result.sources["S_SECTION__PASSWORD"].kind == "vault"


@pytest.mark.parametrize("settings", [NameFirst, PathFirst])
@pytest.mark.parametrize(
    "beside", [{}, {"SHOP": '{"name": "n"}'}, {"ALL": '{"shop": {"name": "n"}}'}, {"SHOP__NAME": "n"}]
)
def test_a_secret_of_a_section_with_two_ways_to_it_is_handed_over_by_the_one_that_is_read(
    site: Callable[..., Site], settings: type[BaseSettings], beside: dict[str, str]
) -> None:
    found = Resolved(site(settings), beside, vault=Memory({"secret/shop": {"token": "from Vault"}}))
    assert found.codes == []
    assert found.result.values["shop"]["token"] == "from Vault"
    assert found.read == found.result.values | {"shop": {"name": "default"} | found.result.values["shop"]}


@pytest.mark.parametrize("settings", [NameFirst, PathFirst])
def test_the_first_name_of_a_part_is_one_that_is_read_by_itself(
    site: Callable[..., Site], settings: type[BaseSettings]
) -> None:
    here = site(settings)
    (name,) = (each["name"] for each in here.contract.variables if each["path"] == ["shop", "name"])
    found = Resolved(here, {name: "n"}, vault=Memory({"secret/shop": {"token": "from Vault"}}))
    assert found.read == {"shop": {"name": "n", "token": "from Vault"}}


def test_a_secret_of_a_nested_settings_class_that_begins_like_a_reference(site: Callable[..., Site]) -> None:
    found = Resolved(site(Outer), {}, files={"NEST_URL_FILE": "vault:hunter2"})
    assert found.codes == []
    assert found.result.values == {"nest": {"url": "vault:hunter2"}}
    assert found.result.environ["NEST_URL"] == "vault:hunter2"


def test_a_reference_in_the_env_file_of_a_nested_settings_class_is_told_by_its_name(site: Callable[..., Site]) -> None:
    found = Resolved(site(Outer), {"NEST_URL": "Vault:secret/x#y"})
    assert all("\0" not in (problem.variable or "") + problem.message for problem in found.result.problems)


class OfOneName(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")

    head: str = Field("default", validation_alias=AliasPath("ALL", "head"))
    tail: str = Field("default", validation_alias=AliasPath("ALL", "tail"))


@pytest.mark.parametrize(
    ("whole", "head"), [('{"other": "o"}', "filed"), ('{"tail": "t"}', "filed"), ('{"head": "whole"}', "whole")]
)
def test_a_secret_file_of_a_part_of_what_alias_paths_lead_into(
    site: Callable[..., Site], whole: str, head: str
) -> None:
    found = Resolved(site(OfOneName), {"ALL": whole}, "ALL__HEAD=low\n", {"ALL__HEAD_FILE": "filed"})
    if head == "filed" and not heeds_configuration_of_models():
        head = "default"  # before pydantic-settings 2.16 ALL__HEAD says nothing in a source that has no ALL
    assert found.result.values["head"] == head
    assert found.result.values["tail"] == ("t" if "tail" in whole else "default")
    assert found.read == found.result.values
    assert "filed" not in str(found.rows["ALL__HEAD"].value)


def test_what_the_secrets_dir_has_of_a_section_is_masked(site: Callable[..., Site]) -> None:
    here = site(WithSecrets)
    here.file("kept/s_section", f'{{"options": {{"a": "{CANARY}"}}}}')
    found = Resolved(here, {"S_SECTION": '{"options": {"z": "hi"}}', "S_SECTION__NAME": "shown"})
    assert found.result.values["section"]["options"] == {"a": CANARY, "z": "hi"}
    assert CANARY not in "".join(str(row.value) for row in found.rows.values())
    assert found.rows["S_SECTION__NAME"].value == "shown"


@pytest.mark.parametrize("text", [f'{{"{CANARY}": 3}}', f'{{"{CANARY}": {{}}}}'])
def test_a_key_that_came_from_a_secret_file_is_not_shown(site: Callable[..., Site], text: str) -> None:
    found = Resolved(site(Settings), {}, files={"S_SECTION__OPTIONS_FILE": text})
    assert [code for code, _ in found.codes] == ["value-invalid"]
    assert CANARY not in repr(found.result.problems)
