"""`confcontract describe` and `confcontract problem`, as processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings

from confcontract import bake
from confcontract.report.codes import CODES
from confcontract.report.errors import exit_code
from confcontract.report.problem import Problem
from confcontract.report.usual_causes import CAUSES
from tests.docs.making import shop
from tests.support.commands import run, said

GIVEN = {"SHOP_SIGNING_KEY": "Xq7canaryZ9-0123456789", "SHOP_DATABASE__URL": "postgres://a:Xq7canaryZ9@db/shop"}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("describe") / "contract.json"
    shop().dump(path)
    return str(path)


def describe(contract: str, *arguments: str, **environ: str) -> tuple[int, str, str]:
    done = run("describe", "--contract", contract, *arguments, environ={**GIVEN, **environ})
    return done.returncode, done.stdout, done.stderr


def test_it_says_what_a_variable_is_where_it_may_come_from_and_what_it_is_now(contract: str, tmp_path: Path) -> None:
    (tmp_path / "prod.env").write_text("SHOP_PORT=9000\n")
    code, out, err = describe(contract, "SHOP_PORT", "--env-file", str(tmp_path / "prod.env"), SHOP_PORT="9001")
    assert (code, err) == (0, "")
    words = " ".join(out.split())
    for part in (
        "SHOP_PORT Port to listen on type integer, 1 to 65535 default 8000 required no",
        "sources the default /etc/confcontract/conf.d/*.env, *.toml, *.yaml, *.yml and *.json --conf-file --env-file",
        "--env-file /run/secrets/SHOP_PORT $CREDENTIALS_DIRECTORY/SHOP_PORT the file that SHOP_PORT_FILE names",
        "now 9001 from environment overrides env file",
    ):
        assert part in words


def test_a_section_has_no_example_with_the_keys_of_another(contract: str) -> None:
    out = describe(contract, "SHOP_FEATURES")[1]
    assert "type section, as JSON default" in " ".join(out.split())
    assert '{"gift_wrap": false}' in out


@pytest.mark.parametrize("name", ["SHOP_GREETING", "shop_greeting", "SHOP_BANNER", "greeting", "SHOP_GREETING_FILE"])
def test_a_variable_is_found_by_any_of_its_names_and_by_its_field(contract: str, name: str) -> None:
    assert describe(contract, name)[1].startswith("SHOP_GREETING\n")


def test_all_fields_that_read_a_variable_are_shown(tmp_path: Path) -> None:
    class Twice(BaseSettings):
        host: str = Field("a", validation_alias=AliasChoices("HOST", "SHARED"))
        backup: str = Field("b", validation_alias=AliasChoices("BACKUP", "SHARED"))
        one: str = Field("c", validation_alias="ONE")
        two: int = Field(4, validation_alias="ONE")

    path = tmp_path / "contract.json"
    bake(Twice, name="shop", version="1").dump(path)
    for name, fields in (("shared", ["host", "backup"]), ("ONE", ["one", "two"]), ("BACKUP", ["backup"])):
        out = run("describe", "--contract", str(path), name, environ={"ONE": "7"}).stdout
        assert [line.rpartition("field ")[2] for line in out.splitlines() if "  declared " in line] == fields
    answer = json.loads(
        run("describe", "--contract", str(path), "ONE", "--format", "json", environ={"ONE": "7"}).stdout
    )
    told = [answer, *answer["others"]]
    assert [(each["variable"]["path"], each["now"]["value"]) for each in told] == [("one", "7"), ("two", "7")]


@pytest.mark.parametrize("name", ["SHOP_SIGNING_KEY", "SHOP_DATABASE__URL", "SHOP_DATABASE"])
@pytest.mark.parametrize("format", ["text", "json"])
def test_a_secret_is_never_shown(contract: str, name: str, format: str) -> None:
    code, out, err = describe(contract, name, "--format", format)
    assert code == 0
    assert "***" in out
    assert "Xq7canaryZ9" not in out + err


def test_an_env_file_that_can_not_be_read_is_said_whatever_the_variable(contract: str, tmp_path: Path) -> None:
    code, out, err = describe(contract, "SHOP_PORT", "--env-file", str(tmp_path / "none.env"))
    assert (code, "now         8000\n" in out) == (0, True)
    assert "none.env" in err
    assert "[source-unreadable]" in err


def test_a_value_that_boot_would_refuse_is_shown_with_the_reason(contract: str) -> None:
    code, out, err = describe(contract, "SHOP_PORT", SHOP_PORT="x", SHOP_REQUEST_TIMEOUT="y")
    assert code == 0
    assert "now         x\n" in out
    assert "[value-invalid]" in err
    assert "SHOP_REQUEST_TIMEOUT" not in err, "another variable's problem is another question"


def test_json_holds_the_entry_the_sources_the_value_and_the_problems(contract: str) -> None:
    code, out, err = describe(contract, "SHOP_PORT", "--format", "json", SHOP_PORT="x")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert answer["variable"]["name"] == "SHOP_PORT"
    assert answer["now"]["value"] == "x"
    assert answer["now"]["source"]["kind"] == "environment"
    assert [problem["code"] for problem in answer["problems"]] == ["value-invalid"]


def test_an_unknown_variable_is_a_usage_error_that_names_the_nearest(contract: str) -> None:
    done = run("describe", "--contract", contract, "SHOP_PROT")
    assert (done.returncode, done.stdout) == (64, "")
    assert "SHOP_PROT is not a variable of shop 1.4.0" in said(done)
    assert "did you mean SHOP_PORT?" in said(done)
    assert "'confcontract explain' shows all" in said(run("describe", "--contract", contract, "NONSENSE"))


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained_with_cause_remedy_and_exit_code(code: str) -> None:
    if code not in ("value-invalid", "vault-denied"):  # two as processes; the rest is data
        assert all(CODES[code])
        return
    done = run("problem", code)
    assert (done.returncode, done.stderr) == (0, "")
    meaning, remedy = CODES[code]
    for part in (code, meaning, *CAUSES[code], remedy, str(exit_code([Problem(code, "")]))):
        assert part in said(done)


def test_causes_are_those_of_codes_and_every_code_that_can_end_a_boot_has_some() -> None:
    assert CAUSES.keys() <= CODES.keys()
    of_boot = ("value-", "secret-", "source-", "vault-", "store-", "check-", "policy-", "contract-", "command-")
    notes = {"source-foreign", "check-deferred"}
    assert {code for code in CODES if code.startswith(of_boot)} - notes <= CAUSES.keys()


def test_without_a_code_all_are_listed() -> None:
    done = run("problem")
    assert [line for line in done.stdout.splitlines() if not line.startswith(" ")] == list(CODES)
    entries = json.loads(run("problem", "--format", "json").stdout)
    assert [entry["code"] for entry in entries] == list(CODES)
    assert json.loads(run("problem", "usage", "--format", "json").stdout)["exitCode"] == 64


def test_a_code_may_be_pasted_with_its_brackets_and_a_wrong_one_names_the_nearest() -> None:
    assert run("problem", "[value-invalid]").returncode == 0
    done = run("problem", "value-invlid")
    assert done.returncode == 64
    assert "did you mean value-invalid?" in said(done)


@pytest.mark.parametrize(
    ("wanted", "near"), [("database.ur", "database.url"), ("SHOP_PORT_FIL", "SHOP_PORT_FILE"), ("", "explain")]
)
def test_a_field_and_a_file_are_named_too_where_they_were_nearly_met(contract: str, wanted: str, near: str) -> None:
    assert near in describe(contract, wanted)[2]


def test_a_code_is_found_as_it_is_spoken_and_part_of_one_names_those_that_hold_it() -> None:
    assert run("problem", "Value_Invalid").stdout.startswith("value-invalid\n")
    assert "there are secret-missing, secret-empty" in said(run("problem", "secret"))
