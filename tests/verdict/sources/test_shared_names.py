"""Settings classes beside one another that read the same name: what one is given never costs another its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from confcontract import Contract, bake, resolve
from tests.support.modules import module

BESIDE_ONE_ANOTHER = """
class Web(BaseSettings):
    enabled: bool = Field(False, validation_alias=AliasChoices(AliasPath("enabled"), "web_enabled"))
    token: Annotated[str, Secret(False)] = Field("w", validation_alias="token")

class Mail(BaseSettings):
    enabled: bool = Field(False, validation_alias=AliasChoices(AliasPath("enabled"), "mail_enabled"))
    token: Annotated[str, Secret(False)] = Field("m", validation_alias=AliasChoices("token", "mail_token"))

class Settings(BaseSettings):
    web: Web = Field(default_factory=Web)
    mail: Mail = Field(default_factory=Mail)
"""
IN_SECTIONS = """
class Pool(BaseModel):
    size: int

class Web(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    pool: Pool | None = Field(None, validation_alias=AliasChoices("pool", "web_pool"))

class Mail(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    pool: Pool | None = Field(None, validation_alias=AliasChoices("pool", "mail_pool"))

class Settings(BaseSettings):
    web: Web = Field(default_factory=Web)
    mail: Mail = Field(default_factory=Mail)
"""


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contract]:
    with module(BESIDE_ONE_ANOTHER, tmp_path_factory.mktemp("made")) as made:
        yield bake(made.Settings, name="app")


def test_a_variable_is_called_by_a_name_of_its_own(contract: Contract) -> None:
    assert [variable["name"] for variable in contract.variables] == [
        "WEB",
        "WEB_ENABLED",
        "TOKEN",
        "MAIL",
        "MAIL_ENABLED",
        "MAIL_TOKEN",
    ]


def test_what_one_is_given_does_not_outrank_what_another_is_given(contract: Contract, tmp_path: Path) -> None:
    file = tmp_path / "mail.env"
    file.write_text("MAIL_ENABLED=1\nMAIL_TOKEN=t\n", encoding="utf-8")
    result = resolve(contract, environ={"WEB_ENABLED": "1"}, env_files=[file])
    assert result.environ == {"WEB_ENABLED": "1", "MAIL_ENABLED": "1", "MAIL_TOKEN": "t"}
    assert result.values == {"web": {"enabled": True, "token": "w"}, "mail": {"enabled": True, "token": "t"}}
    assert {name: str(source) for name, source in result.sources.items() if name.endswith("ENABLED")} == {
        "WEB_ENABLED": "environment",
        "MAIL_ENABLED": f"env file {file}, line 1",
    }
    assert result.problems == []


def test_a_shared_name_reaches_all_of_them(contract: Contract, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("s3cret\n", encoding="utf-8")
    result = resolve(contract, environ={"ENABLED": "yes", "TOKEN_FILE": str(secret)})
    assert result.values == {"web": {"enabled": True, "token": "s3cret"}, "mail": {"enabled": True, "token": "s3cret"}}
    assert str(result.sources["MAIL_ENABLED"]) == "environment"


def test_an_error_names_the_variable_of_the_one_that_is_wrong(contract: Contract) -> None:
    (problem,) = resolve(contract, environ={"WEB_ENABLED": "1", "MAIL_ENABLED": "x"}).problems
    assert (problem.variable, problem.source) == ("MAIL_ENABLED", "environment")


def test_the_parts_of_sections_with_several_names_are_told_apart_too(tmp_path: Path) -> None:
    with module(IN_SECTIONS, tmp_path) as made:
        variables = bake(made.Settings, name="app").variables
    assert {variable["name"]: variable.get("requiredIf") for variable in variables} == {
        "WEB": None,
        "WEB_POOL": None,
        "WEB_POOL__SIZE": "WEB_POOL",
        "MAIL": None,
        "MAIL_POOL": None,
        "MAIL_POOL__SIZE": "MAIL_POOL",
    }


ONE_IS_SECRET = """
class Settings(BaseSettings):
    first: SecretStr = Field(validation_alias="TOKEN")
    second: str = Field("canary-of-the-second", validation_alias="TOKEN", examples=["canary-example"])
    third: SecretStr = Field(validation_alias="SHARED")
    fourth: str = Field("x", validation_alias="SHARED", examples=["canary-example"])
"""


def test_what_one_of_two_fields_calls_a_secret_is_one_for_both(tmp_path: Path) -> None:
    with module(ONE_IS_SECRET, tmp_path) as made:
        contract = bake(made.Settings, name="app")
    assert "canary" not in contract.to_bytes().decode()
    for variable in contract.variables:
        assert variable["secret"]
        assert {"masked", "examples", "default"} & variable.keys() == set()
    result = resolve(contract, environ={"TOKEN": "s3cret", "SHARED": "s3cret"})
    assert result.ok, result.problems
    assert "s3cret" not in str(result.problems)
