"""A secret in the environment of another process, or in the code, is in no report of `drift`."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from confcontract import Example, Secret, bake
from confcontract.compare.drift.rebaked import differences
from tests.support.commands import run

from . import shop_secrets
from .places import WORD
from .test_leak import SECRETS, found_in

SECRET = SECRETS[WORD]


@pytest.mark.parametrize("format", ["text", "json", "github"])
def test_drift_shows_no_secret_of_a_process_and_none_of_the_code(format: str, tmp_path: Path) -> None:
    bake(shop_secrets.Settings, name="shop", version="1").dump(tmp_path / "contract.json")
    (tmp_path / "a.py").write_text(
        f"import os\nos.environ.get('SHOP_API_KY', '{SECRET}')\nos.getenv(name, '{SECRET}')\nos.environ[x] = '{SECRET}'\n"
    )
    (tmp_path / "b.py").write_text(f"os.environ['{SECRET}\n")
    environ = {
        "SHOP_API_KEY": SECRET,
        "SHOP_PASWORD": SECRET,
        "SHOP_DSN": f"postgres://app:{SECRET}",
        "SHOP_PORT": f"5432 password={SECRET}",
        "SHOP_DATABASE": f'{{"password": "{SECRET}"',
        "SHOP_RAW_FILE": f"/nowhere/{SECRET}",
    }
    with subprocess.Popen(
        ["/bin/cat"], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(b"x")
            assert process.stdout.read(1) == b"x"
            words = ("drift", "a.py", "b.py", "--pid", str(process.pid), "--format", format, "--contract", ".")
            done = run(*words, cwd=tmp_path)
        finally:
            process.kill()
    assert done.returncode == 2, "b.py is not Python"
    assert "SHOP_PORT" in done.stdout, "the environment was looked at"
    assert "SHOP_API_KY" in done.stdout, "and the code"
    assert found_in(done.stdout + done.stderr) == []


def test_what_became_a_secret_in_the_code_is_not_shown_of_the_contract() -> None:
    class Plain(BaseSettings):
        key: str = SECRET
        choice: Literal[SECRET, "x"] = "x"  # type: ignore[valid-type]
        example: Annotated[str | None, Example(SECRET)] = None

    class Hidden(BaseSettings):
        key: Annotated[str, Secret()] = SECRET + "b"
        choice: Annotated[str, Secret()] = "x"
        example: Annotated[SecretStr | None, Example(SECRET + "b")] = None

    one, other = (bake(settings, name="shop", version="1") for settings in (Plain, Hidden))
    for pair in ((one, other), (other, one)):
        found = differences(*pair)
        assert {each.variable for each in found} >= {"KEY", "CHOICE", "EXAMPLE"}
        assert found_in("\n".join(f"{each.message} {each.hint}" for each in found)) == []
