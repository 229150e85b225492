"""A credential in a variable that should hold something else is told by the variable, never by itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from confcontract import bake
from tests.support.booting import CANARY, CONFCONTRACT, PLAIN, SAFETY
from tests.support.forks import plain_environ, server

CREDENTIALS = (f"hvs.{CANARY}", f"/{CANARY}+/9j/4AA=", f"{CANARY} and\n{CANARY}")
# The variable → what must be set with it for it to be looked at.
WITH: dict[str, dict[str, str]] = {
    "CONFCONTRACT_PATH": {},
    "CONFCONTRACT_ROLE": {},
    "CONFCONTRACT_STRICT": {},
    "CONFCONTRACT_TIMEOUT": {},
    "CONFCONTRACT_LOG_FORMAT": {},
    "CONFCONTRACT_DELIVER": {},
    "CONFCONTRACT_DELIVER_DIR": {"CONFCONTRACT_DELIVER": "files"},
    "CONFCONTRACT_SUPERVISE": {},
    "CONFCONTRACT_HEALTH_ADDR": {"CONFCONTRACT_SUPERVISE": "1"},
    "CONFCONTRACT_GRACE": {"CONFCONTRACT_SUPERVISE": "1"},
    "CONFCONTRACT_POLL": {"CONFCONTRACT_SUPERVISE": "1"},
    "CONFCONTRACT_RUNTIME_DIR": {},
    "CONFCONTRACT_DEBUG": {},
}


class Shop(BaseSettings):
    """One secret and one port."""

    shop_key: SecretStr | None = None
    shop_port: int = 1


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    bake(Shop, name="shop", version="1").dump(tmp_path / "contract.json")
    return tmp_path / "contract.json"


def run(directory: Path, *words: str, **environ: str) -> tuple[int, str]:
    if words[0] not in ("boot", "probe"):
        code, out, err = server().run(words, {**plain_environ(), **environ}, str(directory))
        assert b"Traceback" not in err
        return code, (out + err).decode()
    argv = [CONFCONTRACT, *words]
    done = subprocess.run(
        argv, cwd=directory, env=PLAIN | environ, capture_output=True, timeout=SAFETY, check=False, text=True
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("value", CREDENTIALS)
@pytest.mark.parametrize("variable", WITH)
def test_a_credential_in_the_wrong_variable_is_not_shown(contract: Path, variable: str, value: str) -> None:
    environ = {"CONFCONTRACT_PATH": str(contract), **WITH[variable], variable: value}
    probes = (("probe", "live"),) if variable == "CONFCONTRACT_RUNTIME_DIR" else ()
    for words in (("boot", "--", "/bin/true"), ("explain",), *probes):
        code, said = run(contract.parent, *words, **environ)
        assert CANARY not in said, words
        if code in (64, 78) and words[0] == "boot":
            assert "--" + variable.removeprefix("CONFCONTRACT_").lower().replace("_", "-") in said or variable in said


@pytest.mark.parametrize("value", CREDENTIALS)
def test_what_name_file_holds_is_shown_only_if_it_is_a_path(contract: Path, value: str) -> None:
    for words in (("boot", "--", "/bin/true"), ("validate",), ("explain",), ("validate", "--format", "json")):
        code, said = run(contract.parent, *words, CONFCONTRACT_PATH=str(contract), SHOP_KEY_FILE=value)
        assert CANARY not in said
        assert code == 78
        assert "SHOP_KEY_FILE names a file that" in " ".join(said.split())


def test_a_role_that_does_not_exist_is_not_repeated(contract: Path) -> None:
    code, said = run(contract.parent, "boot", "--role", CANARY, "--", "/bin/true", CONFCONTRACT_PATH=str(contract))
    assert code == 64
    assert "the requested role is not declared in the contract" in " ".join(said.split())


def test_nor_is_it_shown_where_something_outranks_it(contract: Path) -> None:
    lower = contract.parent / "prod.env"
    lower.write_text(f"SHOP_KEY_FILE=/{CANARY}/9j\n")
    for words in (("boot", "--dry-run"), ("explain",), ("validate",)):
        given = {"CONFCONTRACT_PATH": str(contract), "SHOP_KEY": "x"}
        code, said = run(contract.parent, *words, "--env-file", str(lower), **given)
        assert code == 0
        assert CANARY not in said
    assert "overrides secret file that SHOP_KEY_FILE names" in run(
        contract.parent, "explain", "--env-file", str(lower), CONFCONTRACT_PATH=str(contract), SHOP_KEY="x"
    )[1].replace("\n", " ")
