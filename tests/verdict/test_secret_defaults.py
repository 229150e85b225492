"""A secret's default stays in the application's code: no file has it, and boot says where it is left in place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, Secret, bake, resolve
from confcontract.author.baked_files import defaults_file, schema_file
from tests.support.commands import run

CANARY = "zqcanary7431"


class Database(BaseModel):
    host: str = "localhost"
    password: SecretStr = SecretStr(CANARY)
    dsn: PostgresDsn = PostgresDsn(f"postgres://app:{CANARY}@db/shop")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    pin: SecretStr = SecretStr(CANARY)
    tokens: list[SecretStr] = [SecretStr(CANARY)]
    broker: str = f"amqp://app:{CANARY}@mq"
    empty: SecretStr = SecretStr("")
    options: dict[str, str] = {"password": CANARY, "host": "db"}
    labels: Annotated[dict[str, str], Secret(False)] = {"token": "shown"}
    about: dict[str, str] = {"token_url": "https://db", "password": ""}
    errors_to: str = "https://0123456789abcdef@o1.example.org/42"
    database: Database = Database(host="db")
    other: Database | None = None


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Settings, name="shop", version="1")


GIVEN = {
    "SHOP_PIN": "a",
    "SHOP_TOKENS": '["b"]',
    "SHOP_BROKER": "amqp://mq",
    "SHOP_OPTIONS": '{"password": "d"}',
    "SHOP_DATABASE__PASSWORD": "c",
    "SHOP_DATABASE__DSN": "postgres://db/shop",
}


def test_no_file_that_bake_writes_has_it(contract: Contract) -> None:
    assert CANARY.encode() not in contract.to_bytes() + schema_file(contract) + defaults_file(contract)
    assert b"# SHOP_PIN has a default in the application's code\n" in defaults_file(contract)
    assert {variable["name"] for variable in contract.variables if variable.get("defaultInCode")} == {
        *GIVEN,
        "SHOP_OTHER__PASSWORD",
        "SHOP_OTHER__DSN",
    }
    assert not any(variable["required"] for variable in contract.variables)


def test_what_is_no_secret_beside_it_is_still_known(contract: Contract) -> None:
    values = resolve(contract, environ={}).values
    assert values == {
        "empty": "",
        "labels": {"token": "shown"},
        "about": {"token_url": "https://db", "password": ""},
        "errors_to": "https://0123456789abcdef@o1.example.org/42",
        "database": {"host": "db"},
        "other": None,
    }
    assert Settings().database.host == "db"


@pytest.mark.parametrize("strict", [False, True])
def test_boot_says_where_a_secret_is_left_at_its_default(contract: Contract, strict: bool) -> None:
    result = resolve(contract, environ={}, strict=strict)
    told = [problem for problem in result.problems if problem.code == "secret-default"]
    assert {problem.variable for problem in told} == set(GIVEN)
    assert {problem.severity for problem in told} == {"error" if strict else "warning"}
    assert result.ok is not strict
    assert result.exit_code == (66 if strict else 0)
    assert CANARY not in str([problem.as_dict() for problem in result.problems])


@pytest.mark.parametrize("name", GIVEN)
def test_nothing_is_said_of_one_that_is_given(contract: Contract, name: str) -> None:
    result = resolve(contract, environ={name: GIVEN[name]}, strict=True)
    assert name not in {problem.variable for problem in result.problems}


def test_one_that_is_given_within_its_sections_json_is_given(contract: Contract) -> None:
    section = {"password": "c", "dsn": "postgres://db/shop"}
    result = resolve(contract, environ={**GIVEN, "SHOP_OTHER": json.dumps(section)}, strict=True)
    assert result.ok
    del section["password"]
    result = resolve(contract, environ={**GIVEN, "SHOP_OTHER": json.dumps(section)}, strict=True)
    assert [problem.variable for problem in result.problems] == ["SHOP_OTHER__PASSWORD"]


def test_a_policy_refuses_one_that_is_left_at_its_default(contract: Contract, tmp_path: Path) -> None:
    (tmp_path / "secrets.schema.json").write_text('{"required": ["pin"]}', encoding="utf-8")
    policies = [tmp_path / "secrets.schema.json"]
    refused = resolve(contract, environ={}, policies=policies)
    broken = [(problem.code, problem.variable) for problem in refused.problems if problem.severity == "error"]
    assert broken == [("policy-violated", "SHOP_PIN")]
    assert resolve(contract, environ=GIVEN, policies=policies).ok


@pytest.mark.process
def test_a_real_boot_warns_and_a_strict_one_refuses(contract: Contract, tmp_path: Path) -> None:
    contract.dump(tmp_path / "contract.json")
    arguments = ["boot", "--contract", str(tmp_path / "contract.json")]
    done = run(*arguments, "--", "true", cwd=tmp_path)
    assert done.returncode == 0
    assert "secret-default" in done.stderr
    refused = run(*arguments, "--strict", "--", "true", cwd=tmp_path)
    assert refused.returncode == 66
    assert CANARY not in done.stderr + refused.stderr
    shown = run("explain", "--contract", str(tmp_path / "contract.json"), cwd=tmp_path)
    assert "SHOP_PIN=***  # default in the application's code" in shown.stdout
    assert "SHOP_DATABASE__HOST=db  # default in the image" in shown.stdout
