"""A real settings class, baked, then explained and validated by real processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Annotated

import pytest
from pydantic import BaseModel, Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

import confcontract
from confcontract import Vault, bake
from confcontract.report.terminal import columns
from tests.support.at_terminal import shown_at_terminal
from tests.support.commands import run

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary-7f3a91"
ROOT = os.path.dirname(os.path.dirname(confcontract.__file__))


class Database(BaseModel):
    url: PostgresDsn
    pool: int = Field(5, ge=1, le=50)
    pin: SecretStr | None = None


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    database: Database
    api_key: Annotated[SecretStr, Vault("secret/shop#api_key")]
    port: int = Field(8000, ge=1, le=65535)
    host: str
    tags: list[str] = ["a"]


GOOD = {
    "SHOP_DATABASE": json.dumps({"url": f"postgres://app:{CANARY}@db/shop", "pin": CANARY}),
    "SHOP_DATABASE__POOL": "7",
    "SHOP_HOST": "shop.example.com",
}


@pytest.fixture
def contract(tmp_path: Path) -> str:
    path = tmp_path / "contract.json"
    bake(Settings, name="shop", version="1.4.0").dump(path)
    return str(path)


MODULE = """
from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    port: int = 8000
    host: str

    @field_validator("host")
    @classmethod
    def known(cls, value: str) -> str:
        if value == "nowhere":
            raise ValueError("nobody is there")
        return value
"""


def test_bake_says_what_it_wrote_and_what_only_the_application_checks(tmp_path: Path) -> None:
    (tmp_path / "shop_settings.py").write_text(MODULE)
    out = tmp_path / "out"
    done = run("bake", "shop_settings:Settings", "-o", str(out), "--name", "shop", "--version", "1.4.0", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    data = json.loads((out / "contract.json").read_text())
    lines = done.stdout.splitlines()
    assert {f"wrote {out / name}" for name in ("contract.json", "schema.json", "defaults.env")} == set(lines[:3])
    assert lines[3:5] == ["shop 1.4.0: 2 variables", data["digest"]]
    assert lines[5] == "accepted by the contract; the application checks further:"
    assert lines[6].startswith("  SHOP_HOST: validator Settings.known")
    assert len(lines) == 7


def test_validate_runs_the_real_class_where_asked(tmp_path: Path) -> None:
    (tmp_path / "shop_settings.py").write_text(MODULE)
    run("bake", "shop_settings:Settings", "--name", "shop", "--version", "1.4.0", cwd=tmp_path)
    command = ("validate", "--contract", "contract.json")
    done = run(*command, cwd=tmp_path, environ={"SHOP_HOST": "nowhere"})
    assert done.returncode == 0
    assert done.stdout.startswith("shop 1.4.0: accepted by the contract; the application checks further (SHOP_HOST)\n")
    model = ("--model", "shop_settings:Settings")
    done = run(*command, *model, cwd=tmp_path, environ={"SHOP_HOST": "nowhere"})
    assert done.returncode == 78
    assert "nobody is there" in done.stdout
    assert "set a value that Settings.known (shop_settings.py:" in done.stdout
    assert "from: environment" in done.stdout
    done = run(*command, *model, cwd=tmp_path, environ={"SHOP_HOST": "there"})
    assert (done.returncode, done.stdout) == (0, "shop 1.4.0: the configuration is valid\n\nno problems\n")


def test_what_the_contract_refuses_is_not_told_again_by_the_real_class(tmp_path: Path) -> None:
    (tmp_path / "shop_settings.py").write_text(MODULE)
    run("bake", "shop_settings:Settings", "--name", "shop", "--version", "1.4.0", cwd=tmp_path)
    command = ("validate", "--contract", "contract.json", "--format", "json", "--model", "shop_settings:Settings")
    done = run(*command, cwd=tmp_path, environ={"SHOP_PORT": "x", "SHOP_HOST": "nowhere"})
    problems = [(problem["variable"], problem["message"]) for problem in json.loads(done.stdout)["problems"]]
    assert [variable for variable, _ in problems] == ["SHOP_PORT", "SHOP_HOST"]
    assert "nobody is there" in problems[1][1]
    missing = json.loads(run(*command, cwd=tmp_path).stdout)["problems"]
    assert [problem["variable"] for problem in missing] == ["SHOP_HOST"]


def test_the_real_class_must_be_that_of_the_contract(tmp_path: Path) -> None:
    (tmp_path / "shop_settings.py").write_text(MODULE)
    (tmp_path / "other.py").write_text(MODULE.replace("port:", "prot:") + "class Other(Settings):\n    pass\n")
    run("bake", "shop_settings:Settings", "--name", "shop", "--version", "1.4.0", cwd=tmp_path)
    command = ("validate", "--contract", "contract.json", "--model")
    told = {
        "other:Settings": "the class has no SHOP_PORT, and the contract has no SHOP_PROT",
        "other:Other": "that is of a class Settings, and the class has no SHOP_PORT",
        "other:field_validator": "other:field_validator can't be called without arguments",
        "other:Other.__name__": "other:Other.__name__ is not a settings class",
    }
    for name, words in told.items():
        done = run(*command, name, cwd=tmp_path, environ={"SHOP_HOST": "there"})
        assert done.returncode == 64
        assert words in " ".join(done.stdout.split())


def test_validate_tells_of_what_the_kernel_would_not_take(contract: str, tmp_path: Path) -> None:
    env_file = tmp_path / "big.env"
    env_file.write_text(f"BIG={'x' * 32 * os.sysconf('SC_PAGE_SIZE')}\n")
    done = run("validate", "--contract", contract, "--env-file", str(env_file), environ=GOOD)
    assert done.returncode == 126
    assert "BIG is too large for an environment variable" in " ".join(done.stdout.split())
    assert "xxx" not in done.stdout


def test_explain_says_where_each_value_came_from_and_shows_no_secret(contract: str, tmp_path: Path) -> None:
    env_file = tmp_path / "prod.env"
    env_file.write_text("SHOP_HOST=other\nSHOP_PORT=80\n")
    done = run("explain", "--contract", contract, "--env-file", str(env_file), environ=GOOD)
    assert (done.returncode, done.stderr) == (0, "")
    assert CANARY not in done.stdout
    lines = done.stdout.splitlines()
    assert f"SHOP_HOST=shop.example.com  # environment; overrides env file {env_file}, line 1" in lines
    assert f"SHOP_PORT=80  # env file {env_file}, line 2" in lines
    assert "SHOP_DATABASE__POOL=7  # environment" in lines
    assert "SHOP_API_KEY=(from Vault)  # Vault secret/shop#api_key" in lines
    assert 'SHOP_TAGS=["a"]  # default in the image' in lines


def test_explain_set_shows_what_is_set_or_missing_and_may_leave_out_the_environment(
    contract: str, tmp_path: Path
) -> None:
    env_file = tmp_path / "prod.env"
    env_file.write_text("SHOP_PORT=8080\n", encoding="utf-8")
    command = ("explain", "--contract", contract, "--env-file", str(env_file))
    whole = run(*command, environ=GOOD).stdout.splitlines()
    few = run(*command, "--set", environ=GOOD).stdout.splitlines()
    assert few == [line for line in whole if "default in the image" not in line]
    assert 0 < len(few) < len(whole)
    alone = run(*command, "--set", "--no-environ", environ=GOOD).stdout
    assert "SHOP_PORT=8080  # env file" in alone
    assert "# environment" not in alone
    assert "required" in alone


def test_explain_as_json_has_an_entry_for_every_variable(contract: str) -> None:
    done = run("explain", "--contract", contract, "--format", "json", environ=GOOD)
    assert CANARY not in done.stdout
    entries = {entry["variable"]: entry for entry in json.loads(done.stdout)}
    assert entries["SHOP_DATABASE__URL"]["source"]["name"] == "SHOP_DATABASE"
    pin = entries["SHOP_DATABASE__PIN"]
    assert (pin["secret"], pin["set"], pin["value"]) == (True, True, None)  # the document waits for Vault
    assert entries["SHOP_TAGS"] | {"set": False, "value": '["a"]'} == entries["SHOP_TAGS"]


def test_explain_tells_warnings_beside_the_explanation(contract: str) -> None:
    environ = {**GOOD, "SHOP_HSOT": "x", "shop_port": "1", "SHOP_PORT": "2"}
    done = run("explain", "--contract", contract, "--format", "json", environ=environ)
    assert done.returncode == 0
    assert json.loads(done.stdout)
    assert "did you mean SHOP_HOST?" in done.stderr
    assert "[name-twice]" in done.stderr
    assert "NOTES" not in done.stderr


@pytest.mark.parametrize("width", [40, 80, 160])
def test_on_a_terminal_explain_is_a_table_that_fits(contract: str, width: int) -> None:
    command = [sys.executable, "-m", "confcontract", "explain", "--contract", contract]
    text = shown_at_terminal(command, {"PATH": os.defpath, "TERM": "xterm", **GOOD}, columns=width)
    assert CANARY not in text
    assert "\x1b[" in text
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    assert all(columns(line) <= width for line in lines)
    assert lines[0] == ("SHOP_DATABASE" if width == 40 else lines[0])
    assert width == 40 or lines[0].split() == ["VARIABLE", "VALUE", "SOURCE"]


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_validate_names_every_problem_in_every_format_and_shows_no_secret(contract: str, form: str) -> None:
    broken = GOOD | {"SHOP_PORT": "70000", "SHOP_TAGS": "a,b", "SHOP_HSOT": "x", "SHOP_DATABASE__POOL": "99"}
    done = run("validate", "--contract", contract, "--format", form, environ=broken)
    assert (done.returncode, done.stderr) == (78, "")
    assert CANARY not in done.stdout
    for name in ("SHOP_PORT", "SHOP_TAGS", "SHOP_HSOT", "SHOP_DATABASE__POOL", "SHOP_API_KEY"):
        assert name in done.stdout
    assert "did you mean SHOP_HOST?" in done.stdout


def test_validate_of_a_good_configuration_ends_with_0(contract: str) -> None:
    done = run("validate", "--contract", contract, environ=GOOD)
    assert done.returncode == 0
    assert done.stdout.startswith("shop 1.4.0: the configuration is valid\n")


def test_without_the_process_environment_only_the_env_files_count(contract: str, tmp_path: Path) -> None:
    done = run("validate", "--contract", contract, "--no-environ", "--format", "json", environ=GOOD)
    missing = {problem["variable"] for problem in json.loads(done.stdout)["problems"] if problem["rule"] == "missing"}
    assert done.returncode == 78
    assert "SHOP_HOST" in missing


def test_a_reader_that_has_seen_enough_gets_no_complaint(contract: str) -> None:
    command = [sys.executable, "-m", "confcontract", "explain", "--contract", contract]
    child = subprocess.Popen(command, env={"PATH": os.defpath, **GOOD}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()
    with child.stderr:
        assert child.stderr.read() == b""
    assert child.wait(120) == 141
