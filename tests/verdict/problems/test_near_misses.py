"""In a file that the operator names, a name that is nearly a setting's is told, also where there is no prefix."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from confcontract import Contract, bake, resolve
from confcontract.report.problem import Problem
from tests.support.modules import module

SETTINGS = """
class Plain(BaseSettings):
    database_url: str = "sqlite://"
    redis_host: str = "h"
    log_level: str = "info"
    port: int = 8000
    labels: dict[str, str] = {}
    model_config = SettingsConfigDict(env_nested_delimiter="__")

class Prefixed(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    database_url: str = "sqlite://"
    redis_host: str = "h"
    log_level: str = "info"
    port: int = 8000
"""


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Contract]]:
    with module(SETTINGS, tmp_path_factory.mktemp("made")) as made:
        yield {name: bake(getattr(made, name), name="app") for name in ("Plain", "Prefixed")}


def told(contract: Contract, folder: Path, text: str, **environ: str) -> list[Problem]:
    (folder / "given.env").write_text(text, encoding="utf-8")
    return resolve(contract, environ=environ, env_files=[folder / "given.env"]).problems


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DATABSE_URL", "DATABASE_URL"),
        ("DATABASEURL", "DATABASE_URL"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("REDIS_HSOT", "REDIS_HOST"),
        ("PORTT", "PORT"),
        ("LOG-LEVEL", "LOG_LEVEL"),
    ],
)
def test_a_slip_in_a_file_is_told_with_its_line(
    name: str, meant: str, contracts: dict[str, Contract], tmp_path: Path
) -> None:
    (problem,) = told(contracts["Plain"], tmp_path, f"COMPOSE_PROJECT_NAME=x\n{name}=1\n")
    assert (problem.code, problem.severity, problem.variable) == ("name-unknown", "warning", name)
    assert problem.hint == f"did you mean {meant}?"
    assert problem.source == f"env file {tmp_path / 'given.env'}, line 2"


@pytest.mark.parametrize("name", ["REDIS_HOTS", "REDISHOST"])
def test_a_slip_is_told_where_the_variable_that_was_meant_has_a_value(
    name: str, contracts: dict[str, Contract], tmp_path: Path
) -> None:
    """Of two files the second was to change it."""
    (problem,) = told(contracts["Plain"], tmp_path, f"REDIS_HOST=a\n{name}=b\n")
    assert (problem.variable, problem.hint) == (name, "did you mean REDIS_HOST?")


def test_a_folder_of_files_is_looked_at_as_well(contracts: dict[str, Contract], tmp_path: Path) -> None:
    (tmp_path / "10-base.env").write_text("REDIS_HOTS=r\n", encoding="utf-8")
    (problem,) = resolve(contracts["Plain"], environ={}, conf_dir=str(tmp_path)).problems
    assert problem.hint == "did you mean REDIS_HOST?"
    assert problem.source == f"{tmp_path / '10-base.env'}, line 1"


def test_a_name_without_the_prefix_is_one(contracts: dict[str, Contract], tmp_path: Path) -> None:
    (problem,) = told(contracts["Prefixed"], tmp_path, "DATABASE_URL=postgres://h/db\n")
    assert problem.hint == "did you mean SHOP_DATABASE_URL?"


def test_a_name_in_two_files_is_told_once_with_the_one_that_counts(
    contracts: dict[str, Contract], tmp_path: Path
) -> None:
    for name in ("a.env", "b.env"):
        (tmp_path / name).write_text("PORTT=1\n", encoding="utf-8")
    (problem,) = resolve(contracts["Plain"], environ={}, env_files=[tmp_path / "a.env", tmp_path / "b.env"]).problems
    assert problem.source == f"env file {tmp_path / 'b.env'}, line 1"


@pytest.mark.parametrize(
    "text",
    [
        "COMPOSE_PROJECT_NAME=x\nTZ=UTC\nPATH=/bin\nPOSTGRES_PASSWORD=x\n",
        "PORT=1\nPORT2=2\n",  # the second one is another's
        "PORT=1\nPORTS=2\n",
        "REDIS_HOST=1\nREDIS_HOST_1=2\n",
        "LABELS__TIER=web\n",
        "port=1\n",
        "",
    ],
)
def test_nothing_is_said_of_names_of_others(text: str, contracts: dict[str, Contract], tmp_path: Path) -> None:
    assert told(contracts["Plain"], tmp_path, text) == []


def test_the_process_environment_is_everybodys(contracts: dict[str, Contract]) -> None:
    assert resolve(contracts["Plain"], environ={"DATABSE_URL": "x"}).problems == []


def test_what_begins_with_the_prefix_is_told_once(contracts: dict[str, Contract], tmp_path: Path) -> None:
    (problem,) = told(contracts["Prefixed"], tmp_path, "SHOP_PROT=1\n")
    assert problem.hint == "did you mean SHOP_PORT?"


def test_outside_the_prefix_it_stays_a_warning_where_boot_is_strict(
    contracts: dict[str, Contract], tmp_path: Path
) -> None:
    (tmp_path / "given.env").write_text("PORTT=1\n", encoding="utf-8")
    result = resolve(contracts["Plain"], environ={}, env_files=[tmp_path / "given.env"], strict=True)
    assert result.ok
    assert [problem.severity for problem in result.problems] == ["warning"]


def test_of_very_many_names_the_first_are_compared_and_the_rest_is_counted(
    contracts: dict[str, Contract], tmp_path: Path
) -> None:
    text = "REDIS_HSOT=a\n" + "".join(f"OTHER_{number}=x\n" for number in range(3000)) + "LOG_LEVL=x\n"
    near, rest = told(contracts["Plain"], tmp_path, text)
    assert (near.variable, near.hint) == ("REDIS_HSOT", "did you mean REDIS_HOST?")
    assert "2002 more names are no settings" in rest.message
