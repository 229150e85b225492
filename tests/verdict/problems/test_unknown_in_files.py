"""In a file that the operator names, a name that is nearly a setting's is told, also where there is no prefix; the others
stand in one note for each file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from confcontract import Contract, bake, resolve
from confcontract.report.problem import ERROR, INFO, WARNING, Problem
from tests.support.modules import module

SETTINGS = """
from typing import Annotated
from confcontract import Vault

class Plain(BaseSettings):
    database_url: str = "sqlite://"
    redis_host: str = "h"
    log_level: str = "info"
    port: int = 8000
    labels: dict[str, str] = {}
    model_config = SettingsConfigDict(env_nested_delimiter="__")

class InVault(BaseSettings):
    api_token: Annotated[str, Vault("kv/app#token")] = ""

class Prefixed(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    database_url: str = "sqlite://"
    redis_host: str = "h"
    log_level: str = "info"
    port: int = 8000
"""

LINKS = """
REDIS_SERVICE_HOST=10.0.0.1
REDIS_SERVICE_PORT=6379
REDIS_PORT=tcp://10.0.0.1:6379
REDIS_PORT_6379_TCP=tcp://10.0.0.1:6379
"""


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Contract]]:
    with module(SETTINGS, tmp_path_factory.mktemp("made")) as made:
        yield {name: bake(getattr(made, name), name="app") for name in ("Plain", "Prefixed", "InVault")}


def told(contract: Contract, folder: Path, text: str, *, strict: bool = False, **environ: str) -> list[Problem]:
    """But for notes."""
    found = resolve(contract, environ=environ, env_files=[written(folder, text)], strict=strict).problems
    return [problem for problem in found if problem.severity != INFO]


def notes(contract: Contract, *files: Path, **environ: str) -> list[Problem]:
    result = resolve(contract, environ=environ, env_files=files, strict=True)
    assert result.ok
    return [problem for problem in result.problems if problem.severity == INFO]


def written(folder: Path, text: str, name: str = "given.env") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


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
def test_names_of_others_are_not_warned_about(text: str, contracts: dict[str, Contract], tmp_path: Path) -> None:
    assert told(contracts["Plain"], tmp_path, text) == []


def test_the_process_environment_is_everybodys(contracts: dict[str, Contract]) -> None:
    assert resolve(contracts["Plain"], environ={"DATABSE_URL": "x"}).problems == []


def test_what_begins_with_the_prefix_is_told_once(contracts: dict[str, Contract], tmp_path: Path) -> None:
    (problem,) = told(contracts["Prefixed"], tmp_path, "SHOP_PROT=1\n")
    assert problem.hint == "did you mean SHOP_PORT?"


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("DATABSE_URL=x\n", ERROR),
        ("LOGLEVEL=x\n", ERROR),
        ("REDIS_HOST=a\nREDIS_HOTS=b\n", WARNING),  # nothing is left without its value
        ("PORTT=1\n", WARNING),  # as PORTS, it may be one more of another program
        ("POST=1\n", WARNING),  # a short word, which may be meant
        ("REDIS_POST=x\n", WARNING),
        ("PROT=1\n", ERROR),
    ],
)
def test_a_slip_that_leaves_a_setting_without_a_value_is_refused_where_boot_is_strict(
    text: str, severity: str, contracts: dict[str, Contract], tmp_path: Path
) -> None:
    (problem,) = told(contracts["Plain"], tmp_path, text, strict=True)
    assert (problem.code, problem.severity) == ("name-unknown", severity)


def test_it_stays_a_warning_where_a_store_may_give_what_is_meant(
    contracts: dict[str, Contract], tmp_path: Path
) -> None:
    found = told(contracts["InVault"], tmp_path, "API_TOKNE=x\n", strict=True)
    assert [problem.severity for problem in found if problem.code == "name-unknown"] == [WARNING]


def test_of_many_slips_the_one_that_is_refused_is_told_first(contracts: dict[str, Contract], tmp_path: Path) -> None:
    name = "DATABASE_URL"
    near = [f"{name[:at]}{letter}{name[at + 1 :]}=x\n" for at in range(8) for letter in "CFGHIJKMNOPQVW"]
    text = f"DATABASE_URL=postgres://h/db\n{''.join(near)}REDSI_HOST=h\n"
    found = told(contracts["Plain"], tmp_path, text, strict=True)
    assert (len(near), len(found)) == (112, 101)  # not all are told
    assert [(each.variable, each.severity) for each in found[:2]] == [("REDSI_HOST", ERROR), ("CATABASE_URL", WARNING)]
    assert found[-1].message.startswith("13 more names resemble this application's settings")


def test_in_a_shared_file_a_name_without_the_prefix_stays_a_warning_where_boot_is_strict(
    contracts: dict[str, Contract], tmp_path: Path
) -> None:
    (problem,) = told(contracts["Prefixed"], tmp_path, "DATABASE_URL=postgres://h/db\n", strict=True)
    assert (problem.severity, problem.hint) == (WARNING, "did you mean SHOP_DATABASE_URL?")


def test_a_slip_in_the_prefix_is_refused_where_boot_is_strict(contracts: dict[str, Contract], tmp_path: Path) -> None:
    (problem,) = told(contracts["Prefixed"], tmp_path, "SHPO_DATABASE_URL=postgres://h/db\n", strict=True)
    assert (problem.severity, problem.hint) == (ERROR, "did you mean SHOP_DATABASE_URL?")


def test_names_that_are_like_no_setting_stand_in_one_note_for_each_file(
    contracts: dict[str, Contract], tmp_path: Path
) -> None:
    one = written(tmp_path, "TZ=UTC\nCOMPOSE_PROJECT_NAME=x\nREDIS_HOST=a\nREDIS_HOST_1=b\n", "one.env")
    two = written(tmp_path, "TZ=UTC\n", "two.env")
    first, second = notes(contracts["Plain"], one, two)
    assert (first.code, first.variable, first.source) == ("name-unknown", None, f"env file {one}")
    assert first.message == ("3 names are not settings of this application: TZ, COMPOSE_PROJECT_NAME, REDIS_HOST_1")
    assert (second.message, second.source) == ("1 name is not a setting of this application: TZ", f"env file {two}")


def test_a_note_names_the_file_of_a_folder_and_counts_what_it_does_not_list(
    contracts: dict[str, Contract], tmp_path: Path
) -> None:
    file = written(tmp_path, "".join(f"OTHER_{number}=x\n" for number in range(25)), "10-shared.env")
    (note,) = resolve(contracts["Plain"], environ={}, conf_dir=str(tmp_path)).problems
    assert note.source == str(file)
    assert note.message.endswith("OTHER_8, OTHER_9 and 15 more")


@pytest.mark.parametrize(
    "text",
    [
        "VAULT_ADDR=http://v:8200\nCONFCONTRACT_STRICT=1\nBAO_TOKEN=x\n",
        LINKS,
        "port=1\nLABELS__TIER=web\n",
        "",
    ],
    ids=["ours", "service links", "settings", "empty"],
)
def test_no_note_is_made_of_what_belongs_there(text: str, contracts: dict[str, Contract], tmp_path: Path) -> None:
    assert notes(contracts["Plain"], written(tmp_path, text)) == []


def test_a_line_of_a_value_that_looks_like_a_name_is_not_shown(contracts: dict[str, Contract], tmp_path: Path) -> None:
    """The end of a key in PEM, written without quotes."""
    text = "TLS_KEY=-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nqh3FkTzWm2Xr8Q==\n"
    (note,) = notes(contracts["Plain"], written(tmp_path, text))
    assert note.message == "2 names are not settings of this application: TLS_KEY, the one in line 3"


def test_a_very_long_name_is_not_shown(contracts: dict[str, Contract], tmp_path: Path) -> None:
    (note,) = notes(contracts["Plain"], written(tmp_path, "OTHER=1\n" + "AB_" * 100_000 + "C=x\n"))
    assert note.message == "2 names are not settings of this application: OTHER, the one in line 2"


def test_of_very_many_names_the_first_are_compared_and_the_rest_is_counted(
    contracts: dict[str, Contract], tmp_path: Path
) -> None:
    text = "REDIS_HSOT=a\n" + "".join(f"OTHER_{number}=x\n" for number in range(3000)) + "LOG_LEVL=x\n"
    near, rest, note = resolve(contracts["Plain"], environ={}, env_files=[written(tmp_path, text)]).problems
    assert (near.variable, near.hint) == ("REDIS_HSOT", "did you mean REDIS_HOST?")
    assert "2002 more names are not settings" in rest.message
    assert note.message.startswith("999 names are not settings")  # none of them is counted twice


def test_slips_beyond_the_names_that_are_compared_are_not_refused(
    contracts: dict[str, Contract], tmp_path: Path
) -> None:
    text = "".join(f"OTHER_{number}=x\n" for number in range(1001)) + "LOG_LEVL=x\n"
    (rest,) = told(contracts["Plain"], tmp_path, text, strict=True)
    assert (rest.severity, rest.message.partition(" ")[0]) == (WARNING, "2")
