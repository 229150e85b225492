"""What each variable gets, before any target says it in its own words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from confcontract.platforms.export_input import Way, export_input
from confcontract.report.errors import UsageError
from confcontract.report.problem import ERROR, WARNING
from tests.platforms.exporting import made, setting, ways


def test_without_values_what_is_required_is_asked_for_and_the_rest_is_left() -> None:
    assert ways(made()) == {
        "SHOP_DATABASE": "left",
        "SHOP_DATABASE__URL": "secret",
        "SHOP_DATABASE__POOL": "left",
        "SHOP_CACHE": "left",
        "SHOP_CACHE__HOST": "left",
        "SHOP_CACHE__PORT": "left",
        "SHOP_PORT": "asked",
        "SHOP_GREETING": "left",
        "SHOP_TAGS": "left",
        "SHOP_LIMITS": "left",
        "SHOP_BROKER": "left",
        "SHOP_TOKEN": "left",
        "SHOP_SIGNING_KEY": "secret",
    }


def test_a_name_is_spelt_as_in_the_contract_and_an_alias_stays() -> None:
    given = made({"shop_port": "80", "SHOP_BANNER": "Hi", "SHOP_LIMITS__a": "1"})
    assert given.environment == {"SHOP_PORT": "80", "SHOP_BANNER": "Hi", "SHOP_LIMITS__a": "1"}
    assert given.problems == ()


def test_a_secret_is_not_written_and_gets_its_place_and_a_warning_that_names_it() -> None:
    given = made({"SHOP_TOKEN": "hunter2-hunter2", "SHOP_PORT": "80"})
    assert setting(given, "SHOP_TOKEN").way is Way.SECRET
    (problem,) = given.problems
    assert (problem.code, problem.variable, problem.severity) == ("export-withheld", "SHOP_TOKEN", WARNING)
    assert "hunter2" not in repr(given)


@pytest.mark.parametrize("value", ["amqp://user:hunter2@mq/x", "hunter2"])
def test_a_value_that_holds_a_password_is_treated_as_a_secret(value: str) -> None:
    given = made({"SHOP_BROKER": value})
    assert setting(given, "SHOP_BROKER").way is Way.SECRET
    assert "hunter2" not in repr(given)


def test_a_url_without_a_password_is_written() -> None:
    assert made({"SHOP_BROKER": "amqp://mq/x"}).environment == {"SHOP_BROKER": "amqp://mq/x"}


def test_a_reference_is_no_value_and_is_written() -> None:
    given = made({"SHOP_TOKEN": "vault:secret/shop#token"})
    assert given.environment == {"SHOP_TOKEN": "vault:secret/shop#token"}


def test_a_file_that_is_named_gives_the_variable() -> None:
    given = made({"SHOP_SIGNING_KEY_FILE": "/etc/key"})
    assert setting(given, "SHOP_SIGNING_KEY").given == (("SHOP_SIGNING_KEY_FILE", "/etc/key"),)


def test_a_configured_store_is_asked_by_boot_for_what_the_contract_has_a_reference_to() -> None:
    given = made({"VAULT_ADDR": "https://vault:8200"})
    assert given.of_boot == {"VAULT_ADDR": "https://vault:8200"}
    assert setting(given, "SHOP_DATABASE__URL").way is Way.STORE
    assert setting(given, "SHOP_DATABASE__URL").references == ("secret/shop#url",)
    assert setting(given, "SHOP_SIGNING_KEY").way is Way.SECRET


@pytest.mark.parametrize(
    "name,value",
    [("VAULT_TOKEN", "hunter2"), ("VAULT_ADDR", "https://u:hunter2@vault"), ("VAULT_SECRET_ID", "hunter2")],
)
def test_a_credential_of_boot_itself_is_not_written(name: str, value: str) -> None:
    given = made({name: value})
    assert given.of_boot == {}
    assert [problem.variable for problem in given.problems] == [name]
    assert "hunter2" not in repr(given)


def test_the_path_of_a_file_of_boot_is_written() -> None:
    values = {"VAULT_CLIENT_KEY": "/etc/tls/key.pem", "VAULT_TOKEN_FILE": "/run/token"}
    assert made(values).of_boot == values


def test_a_section_that_is_begun_asks_for_what_it_then_needs() -> None:
    assert ways(made({"SHOP_CACHE__PORT": "1"}))["SHOP_CACHE__HOST"] == "asked"
    assert ways(made({"SHOP_CACHE": '{"host": "x"}'}))["SHOP_CACHE__HOST"] == "left"


class Tree(BaseModel):
    value: int
    leaf: str


class Either(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    pause: timedelta | Tree
    rates: Tree | dict[str, int]


@pytest.mark.parametrize("rates", [{"RATES__a": "1"}, {"RATES": "{}"}])
def test_values_that_are_all_that_boot_needs_leave_nothing_to_ask_for(rates: dict[str, str]) -> None:
    """Whichever member of a union they choose."""
    given = export_input(bake(Either, name="x", version="1"), {"PAUSE": "PT30S", **rates})
    assert set(ways(given).values()) == {"given", "left"}


def test_a_role_is_asked_for_what_it_needs_only() -> None:
    given = made({"SHOP_GREETING": "Hi"}, role="migrate")
    assert ways(given)["SHOP_SIGNING_KEY"] == ways(given)["SHOP_PORT"] == "left"
    assert ways(given)["SHOP_DATABASE__URL"] == "secret"
    assert given.environment == {"SHOP_GREETING": "Hi"}
    (process,) = given.processes
    assert (process.role, process.command, process.runs_once) == ("migrate", ("shop", "migrate"), True)


def test_every_role_is_a_process() -> None:
    given = made()
    assert [(each.role, each.runs_once) for each in given.processes] == [
        ("migrate", True),
        ("web", False),
        ("worker", False),
    ]
    assert [each.runs_once for each in made(runs_once=["worker"]).processes] == [False, False, True]


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(UsageError):
        made(role="wep")


@pytest.mark.parametrize(
    "name,value,code",
    [
        ("SHOP_PORT", "0", "value-invalid"),
        ("SHOP_PROT", "80", "name-unknown"),
        ("SHOP_SIGNING_KEY", "hunter2", "value-invalid"),
        ("SHOP_TOKEN", "vault:hunter2", "reference-invalid"),
        ("SHOP_TOKEN_FILE", "hunter2", "value-invalid"),
        ("VAULT_TOKEN_FILE", "hunter2", "value-invalid"),
        pytest.param("SHOP_GREETING", "x" * (128 * 1024 - len("SHOP_GREETING=")), "export-impossible", id="too long"),
    ],
)
def test_what_boot_would_refuse_is_refused(name: str, value: str, code: str) -> None:
    problems = [
        problem for problem in made({name: value}, values_file="prod.env").problems if problem.severity == ERROR
    ]
    assert [(problem.code, problem.variable, problem.source) for problem in problems] == [(code, name, "prod.env")]
    assert "hunter2" not in str([problem.as_dict() for problem in problems])


def test_a_name_of_something_else_is_left_out_with_a_warning() -> None:
    given = made({"TZ": "UTC"})
    assert given.environment == {}
    assert [(problem.code, problem.severity) for problem in given.problems] == [("name-unknown", WARNING)]


def test_a_secret_beside_the_json_of_its_section_is_refused_for_the_json_would_outrank_its_file() -> None:
    given = made({"SHOP_CACHE": '{"host": "x"}', "SHOP_CACHE__HOST": "redis://:hunter2@x"})
    (error,) = [problem for problem in given.problems if problem.severity == ERROR]
    assert (error.code, error.variable) == ("export-impossible", "SHOP_CACHE__HOST")
    assert error.hint == "give what is in SHOP_CACHE by the names of its members"
