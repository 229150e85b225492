"""Quotes that an env file of docker or kubectl has kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Json, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Separated
from tests.support.booting import CANARY, Site

Make = Callable[..., Site]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    name: str = "shop"
    port: int = 80
    hosts: list[str] = []
    tags: Annotated[list[str], Separated(",")] = []
    password: SecretStr | None = None
    either: Literal['"a"', "b"] = "b"
    loose: Json[str] | None = None
    home: Path = Path("/")


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("name, value", [("SHOP_PORT", "8080"), ("SHOP_HOSTS", '["a"]'), ("SHOP_PORT", "x")])
def test_where_a_quoted_value_is_refused_the_quotes_are_named(site: Make, quote: str, name: str, value: str) -> None:
    (problem,) = site(Settings).resolve({name: f"{quote}{value}{quote}"}).problems
    assert (problem.severity, problem.variable) == ("error", name)
    assert problem.hint is not None
    assert problem.hint.startswith("env files of docker run and kubectl keep quotes: write the value without them; ")


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("name", ["SHOP_NAME", "SHOP_PASSWORD", "SHOP_HOME", "SHOP_TAGS"])
def test_where_it_is_taken_as_it_is_that_is_a_warning(site: Make, quote: str, name: str) -> None:
    made = site(Settings)
    for strict in (False, True):
        result = made.resolve({name: f"{quote}{CANARY}{quote}"}, strict=strict)
        assert result.ok
        (problem,) = result.problems
        assert (problem.code, problem.severity, problem.variable) == ("value-quoted", "warning", name)
        assert problem.source == "environment"
        assert CANARY not in f"{problem.message}{problem.hint}"


def test_a_mounted_secret_may_have_come_from_such_a_file(site: Make) -> None:
    made = site(Settings)
    path = made.file("secret", f"'{CANARY}'\n")
    (problem,) = made.resolve({"SHOP_PASSWORD_FILE": str(path)}).problems
    assert (problem.code, problem.variable) == ("value-quoted", "SHOP_PASSWORD")
    assert problem.source == f"secret file {path}"


@pytest.mark.parametrize(
    "name, value",
    [
        ("SHOP_NAME", "it's"),
        ("SHOP_NAME", "'a' or \"b\""),
        ("SHOP_NAME", '"'),
        ("SHOP_EITHER", '"a"'),
        ("SHOP_LOOSE", '"a"'),
        ("SHOP_HOSTS", '["a"]'),
        ("OTHER", '"a"'),
    ],
)
def test_what_is_meant_so_is_left_alone(site: Make, name: str, value: str) -> None:
    assert not site(Settings).resolve({name: value, "SHOP_PORT": "1"}).problems


def test_in_an_env_file_that_boot_reads_quotes_are_no_part_of_the_value(site: Make) -> None:
    made = site(Settings)
    env_file = made.file("prod.env", "SHOP_NAME='a'\nSHOP_HOME=\"'/x'\"\n")
    result = made.resolve({}, [env_file])
    assert result.values["name"] == "a"
    assert not result.problems


@pytest.mark.process
def test_boot_says_so(site: Make) -> None:
    done = site(Settings).boot(environ={"SHOP_PORT": '"80"', "SHOP_PASSWORD": f'"{CANARY}"'})
    assert done.code == 78
    assert "env files of docker run and kubectl keep quotes" in done.report
    assert CANARY not in done.err
