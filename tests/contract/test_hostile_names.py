"""A contract that somebody prepared, with names that steer terminals, forge lines and end comments: no command's output
is changed by them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field
from pydantic_settings import BaseSettings

from confcontract import Contract, Vault, bake
from confcontract.contract.digest import canonical, digest_of
from confcontract.report.errors import BakeRefused

EVIL = "\x1b]0;title\x07\n::error::forged\n##[error]forged\u202e"
COMMANDS = (
    "validate --no-environ",
    "validate --no-environ --format github",
    "explain",
    "describe AAAA",
    "boot --dry-run --timeout 1",
    "boot --timeout 1 -- true",
    "docs",
    "docs --format html",
    "docs --format man",
    "docs --format dotenv",
    "docs --format json",
    "secrets policy",
    "secrets check --timeout 1",
    "secrets check --timeout 1 --format json",
    "explain --format json",
    "describe AAAA --format json",
    "boot --log-format json --timeout 1 -- true",
    "boot --dry-run --log-format json --timeout 1",
    "probe ready",
)


class Shop(BaseSettings):
    a: str = Field("x", validation_alias="AAAA", description="DDDD and ::error::forged")
    b: Annotated[str, Vault("secret/shop#k")] = Field(validation_alias="BBBB")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digest is right: whoever changes a contract can compute it."""
    data = bake(Shop, name="NNNN", version="VVVV").data

    def changed(value: object) -> object:
        if isinstance(value, dict):
            return {changed(key): changed(item) for key, item in value.items()}
        if isinstance(value, list):
            return [changed(item) for item in value]
        if isinstance(value, str):
            for mark in ("NNNN", "VVVV", "AAAA", "BBBB", "DDDD"):
                value = value.replace(mark, mark + EVIL)
        return value

    made = changed(dict(data))
    assert isinstance(made, dict)
    made["digest"] = digest_of(made)
    path = tmp_path_factory.mktemp("prepared") / "contract.json"
    path.write_bytes(canonical(made))
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_lets_a_prepared_contract_steer_what_reads_its_output(prepared: Path, command: str) -> None:
    program = Path(sys.executable).with_name("confcontract")
    environ = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "VAULT_ADDR": "http://127.0.0.1:9",
        "VAULT_TOKEN": "t",
        "CONFCONTRACT_VAULT_KV_VERSION": "2",
        "CONFCONTRACT_PATH": str(prepared),
    }
    done = subprocess.run([program, *command.split()], env=environ, capture_output=True, check=False, timeout=120)
    said = (done.stdout + done.stderr).decode()
    assert said
    assert "Traceback" not in said
    for steering in ("\x1b", "\x07", "\u202e"):
        assert steering not in said
    lines = said.split("\n")
    github = "github" in command  # whose every line is such a command, and ours
    assert not [line for line in lines if re.match(r"\s*::.*::", line) and not github]
    assert not [line for line in lines if line.startswith("::error::")]
    assert "##[" not in said


def test_bake_refuses_names_that_can_not_be_seen() -> None:
    class Odd(BaseSettings):
        a: str = Field("x", validation_alias="A\x1b")

    with pytest.raises(BakeRefused, match="which can't be the name of an environment variable"):
        bake(Odd, name="x", version="1")


def test_a_default_of_several_lines_makes_no_live_line_in_defaults_env(tmp_path: Path) -> None:
    from dotenv import dotenv_values
    from pydantic import BaseModel
    from pydantic_settings import SettingsConfigDict

    from confcontract.author.baked_files import defaults_file

    class Sub(BaseModel):
        banner: str = "hello\nS_ADMIN=true # see docs"
        other: str = "a\r\nS_ADMIN=true\rS_ADMIN='true'\\"
        need: str

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="S_", env_nested_delimiter="__")

        admin: bool = False
        sub: Sub | None = None

    contract = bake(Settings, name="x", version="1")
    file = tmp_path / "defaults.env"
    file.write_bytes(defaults_file(contract))
    assert dotenv_values(file) == {"S_ADMIN": "false"}
    uncommented = file.read_bytes().replace(b"# S_SUB__", b"S_SUB__")
    file.write_bytes(uncommented)
    read = dotenv_values(file)
    assert read["S_SUB__BANNER"] == "hello\nS_ADMIN=true # see docs"
    assert read["S_SUB__OTHER"] == "a\r\nS_ADMIN=true\rS_ADMIN='true'\\"
    assert read["S_ADMIN"] == "false"


def test_a_contract_still_loads_whatever_it_is_called(prepared: Path) -> None:
    assert Contract.load(prepared).name.startswith("NNNN")
