"""What is written beside a secret and can't be meant so: examples of it, and that it is none."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, Example, Secret, Vault, bake

LIVE = "sk-live-4242"


class Exemplified(BaseSettings):
    declared: SecretStr = Field(examples=[LIVE])
    in_vault: Annotated[str, Vault("kv/shop#key"), Example(LIVE)] = ""
    keys: list[SecretStr] = Field([], examples=[[LIVE]])
    api_key: str = Field("", examples=[LIVE])
    public_key: Annotated[str, Secret(False)] = Field("", examples=["pk-1"])
    port: int = Field(8000, examples=[8080])


def test_examples_of_secrets_are_in_no_part_of_the_contract_and_bake_says_so() -> None:
    contract = bake(Exemplified, name="shop", version="1")
    assert LIVE not in json.dumps(contract.data, default=str)
    assert {each["name"]: each["examples"] for each in contract.variables if "examples" in each} == {
        "PUBLIC_KEY": ["pk-1"],
        "PORT": ["8080"],
    }
    told = {problem.message: problem.hint for problem in contract.warnings}
    assert [message.partition(":")[0] for message in told] == [
        f"Exemplified.{name}" for name in ("declared", "in_vault", "keys", "api_key")
    ]
    assert told["Exemplified.declared: is a secret, so its examples are left out of the contract"] == (
        "say in its description how a value is written"
    )
    assert told["Exemplified.api_key: has a name like a secret, so its examples are left out of the contract"] == (
        "mark it Secret(False) if it is not a secret, or say in its description how a value is written"
    )


class Login(BaseModel):
    password: SecretStr = SecretStr("")
    other: Any = None


class Denied(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    token: Annotated[SecretStr, Secret(False)] = SecretStr("")
    maybe: Annotated[SecretStr | None, Secret(False)] = None
    many: Annotated[dict[str, SecretStr], Secret(False)] = {}
    in_vault: Annotated[str, Vault("kv/shop#key"), Secret(False)] = ""
    both: Annotated[str, Secret(False), Secret()] = ""


class Plain(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    api_key: Annotated[str, Secret(False)] = ""
    anything: Annotated[Any, Secret(False)] = None
    login: Annotated[Login, Secret(False)] = Login()
    marked: Annotated[str, Secret()] = ""


def warned(contract: Contract) -> list[tuple[str, str | None]]:
    return [(problem.message, problem.hint) for problem in contract.warnings]


def test_secret_false_on_what_is_declared_as_a_secret_is_warned_about() -> None:
    contract = bake(Denied, name="shop", version="1")
    assert all(variable["secret"] for variable in contract.variables)
    of_type = "remove Secret(False), or declare it as plain text if it is not a secret"
    assert warned(contract) == [
        *(
            (f"Denied.{name}: is marked Secret(False), but remains a secret: its type declares it as one", of_type)
            for name in ("token", "maybe", "many")
        ),
        *(
            (
                f"Denied.{name}: is marked Secret(False), but remains a secret: another marker declares it as one",
                "remove one of the two markers",
            )
            for name in ("in_vault", "both")
        ),
    ]


def test_secret_false_where_it_has_an_effect_is_not_warned_about() -> None:
    assert warned(bake(Plain, name="shop", version="1")) == []
