"""A name that the application reads is a variable like every other: described, given by a file or a reference, marked,
delivered, and never unknown; by whatever way it reaches its field."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Annotated, NamedTuple
from unittest import mock

import pytest
from pydantic import AliasPath, BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from typing_extensions import TypedDict

from confcontract import Vault
from tests.support.booting import CANARY, CONFCONTRACT, PLAIN, SAFETY, Site

Make = Callable[..., Site]


class Auth(BaseModel):
    key: str = ""
    api_key: SecretStr


class Split(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="_", env_nested_max_split=1)
    auth: Auth


class Held(BaseModel):
    token: SecretStr = Field(validation_alias=AliasPath("creds", "main"))


class InContainer(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")
    auth: Held


class AtTheTop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_prefix_target="all", env_nested_delimiter="__")
    token: SecretStr = Field(validation_alias=AliasPath("doc", "k", "j"))


class Pair(NamedTuple):
    user: str
    token: SecretStr


class OfTuple(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")
    auth: Pair


class Typed(TypedDict):
    token: SecretStr


class OfTypedDict(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")
    auth: Typed


class Marked(BaseModel):
    key: str = ""
    api_key: Annotated[SecretStr, Vault("secret/app#key")]


class InVault(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="_", env_nested_max_split=1)
    auth: Marked


class WithMapping(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")
    shards: dict[str, int] = {}


class Db(BaseModel):
    host: str


class Twice(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="_")
    db_host: str
    db: Db


CASES: tuple[tuple[type[BaseSettings], str, dict[str, str]], ...] = (
    (Split, "APP_AUTH_API_KEY", {}),
    (InContainer, "APP_AUTH__CREDS__MAIN", {}),
    (AtTheTop, "APP_DOC__K__J", {}),
    (OfTuple, "APP_AUTH__TOKEN", {"APP_AUTH__USER": "u"}),
    (OfTypedDict, "APP_AUTH__TOKEN", {}),
)


def is_read(settings: type[BaseSettings], name: str, beside: dict[str, str]) -> bool:
    """Whether the class itself reads the name, in the installed release."""
    with mock.patch.dict("os.environ", {**beside, name: CANARY}, clear=True):
        try:
            settings()
        except ValidationError:
            return False
    return True


READ = [case for case in CASES if is_read(*case)]
each_case = pytest.mark.parametrize(("settings", "name", "beside"), READ, ids=[case[0].__name__ for case in READ])


@each_case
def test_it_is_known_described_and_delivered(
    site: Make, settings: type[BaseSettings], name: str, beside: dict[str, str]
) -> None:
    made = site(settings)
    given = {**beside, name: CANARY}
    assert made.boot("--strict", environ=given).environ[name] == CANARY
    described = describe(made, name, given)
    assert "\n  secret      yes\n" in described
    assert CANARY not in described
    assert CANARY not in made.boot("--deliver", "files", environ=given).out


def describe(made: Site, name: str, environ: dict[str, str]) -> str:
    argv = [CONFCONTRACT, "describe", name, "--contract", str(made.contract_path)]
    done = subprocess.run(argv, env={**PLAIN, **environ}, capture_output=True, text=True, timeout=SAFETY, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@each_case
def test_a_file_may_hold_it(site: Make, settings: type[BaseSettings], name: str, beside: dict[str, str]) -> None:
    made = site(settings)
    started = made.boot("--strict", environ={**beside, f"{name}_FILE": str(made.file("run/secret", CANARY))})
    assert started.environ[name] == CANARY


@each_case
def test_a_reference_to_vault_is_one(
    site: Make, settings: type[BaseSettings], name: str, beside: dict[str, str]
) -> None:
    ended = site(settings).boot(environ={**beside, name: "vault:secret/app#key"})
    assert ended.code == 66
    assert [problem["code"] for problem in ended.reason["problems"]] == ["vault-not-configured"]


def test_what_the_class_does_not_read_is_no_setting(site: Make) -> None:
    ended = site(AtTheTop).boot("--strict", environ={"APP_DOC__K__J": CANARY})
    if is_read(AtTheTop, "APP_DOC__K__J", {}):
        assert ended.code == 0
    else:
        assert [(problem["code"], problem["variable"]) for problem in ended.reason["problems"]] == [
            ("secret-missing", "APP_DOC"),
            ("name-unknown", "APP_DOC__K__J"),
        ]


def test_a_marker_on_it_is_heeded(site: Make) -> None:
    ended = site(InVault).boot()
    assert (ended.code, ended.reason["problems"][0]["variable"]) == (66, "APP_AUTH_API_KEY")


def test_a_part_of_a_mapping_is_described_as_one(site: Make) -> None:
    described = describe(site(WithMapping), "app_shards__west", {})
    assert described.startswith("APP_SHARDS\n")
    assert "APP_SHARDS__... gives a part of it, whatever follows" in described


def test_what_one_variable_feeds_twice_is_unknown_twice(site: Make) -> None:
    ended = site(Twice).boot(environ={"APP_DB_HOST": "vault:secret/app#host"})
    assert [(problem["code"], problem["variable"]) for problem in ended.reason["problems"]] == [
        ("vault-not-configured", "APP_DB_HOST")
    ]
