"""The leak canary of what is read from stores and written to them: no value is in any report, whatever is wrong with it."""

from __future__ import annotations

import json
import subprocess
from itertools import cycle
from pathlib import Path

import pytest

from confcontract import bake
from tests.support.aws import Moto, leading_to, refuses
from tests.support.commands import PLAIN_ENVIRON
from tests.support.forks import server
from tests.support.vault.faulty import Faulty

from . import shop_secrets
from .places import DIGITS, TYPES, UUID, WORD
from .test_leak import SECRETS, found_in


@pytest.fixture
def environ(shared_moto: Moto, tmp_path: Path) -> dict[str, str]:
    """All of the class's secrets are keys of one secret of AWS."""
    shared_moto.empty()
    bake(shop_secrets.Settings, name="shop", version="1").dump(tmp_path / "contract.json")
    return {
        **PLAIN_ENVIRON,
        **leading_to(shared_moto.address, str(tmp_path)),
        "CONFCONTRACT_PATH": str(tmp_path / "contract.json"),
        **{f"SHOP_{name}": f"aws-sm:shop/all#{name}" for name in TYPES},
    }


def run(*words: str, environ: dict[str, str], given: str = "", cwd: Path) -> subprocess.CompletedProcess[str]:
    code, out, err = server("boto3").run(words, environ, str(cwd), given.encode())
    done = subprocess.CompletedProcess(words, code, out.decode(), err.decode())
    assert done.returncode != 70, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("command, kind", [("plan", WORD), ("apply", DIGITS)])
def test_no_value_that_is_given_is_shown(environ: dict[str, str], tmp_path: Path, command: str, kind: str) -> None:
    all_of_them = (
        json.dumps({f"SHOP_{name}": SECRETS[kind] for name in TYPES}),
        "\n".join(f"SHOP_{name}={SECRETS[kind]}" for name in TYPES),
        json.dumps({"SHOP_PASSWORD": {"a": [SECRETS[kind], None]}, "SHOP_RAW": f"vault:{SECRETS[kind]}"}),
        f'{{"SHOP_PASSWORD": "{SECRETS[kind]}',
        f"SHOP_PASSWORD='{SECRETS[kind]}",
    )
    for values, form in zip(all_of_them, cycle(("text", "json") if command == "plan" else ("json", "text"))):
        done = run("secrets", command, "--values", "-", "--format", form, environ=environ, given=values, cwd=tmp_path)
        assert not found_in(done.stdout + done.stderr)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or not found_in(path.read_text(errors="replace")), path


@pytest.mark.parametrize("kind", [WORD, DIGITS])
def test_no_value_that_is_stored_is_shown(
    environ: dict[str, str], shared_moto: Moto, tmp_path: Path, kind: str
) -> None:
    shared_moto.secret("shop/all", {name: SECRETS[kind] for name in TYPES if name != "SHORT"} | {"SHORT": None})
    for words in (
        ("secrets", "check"),
        ("secrets", "check", "--format", "json"),
        ("secrets", "plan"),
        ("secrets", "policy", "--store", "aws"),
        ("boot", "--dry-run", "--timeout", "20"),
        ("boot", "--log-format", "json", "--timeout", "20", "--", "true"),
    ):
        done = run(*words, environ=environ, cwd=tmp_path)
        assert not found_in(done.stdout + done.stderr), words


def test_no_credential_of_aws_is_shown(environ: dict[str, str], shared_moto: Moto, tmp_path: Path) -> None:
    proxy = Faulty(shared_moto.address)
    environ |= {"AWS_ENDPOINT_URL": proxy.address, "AWS_SESSION_TOKEN": SECRETS[UUID]}
    environ["AWS_SECRET_ACCESS_KEY"] = SECRETS[WORD]
    words = f"not authorized: {SECRETS[WORD]} x-amz-security-token:{SECRETS[UUID]}"
    for code in ("AccessDeniedException", "InvalidSignatureException", "SomethingNewException"):
        proxy.rules.clear()
        proxy.fault(refuses(code, message=words))
        done = run("boot", "--timeout", "2", "--log-format", "json", "--", "true", environ=environ, cwd=tmp_path)
        assert done.returncode == 77
        assert not found_in(done.stdout + done.stderr), code
    proxy.stop()
