"""A credential that the application could not be started with, while the one before is still needed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Vault, bake
from tests.boot.supervise.steady import where_nothing_stalls
from tests.support.launching import PLAIN_ENVIRON, SAFETY, supervise_with
from tests.support.supervising import Supervised, until
from tests.support.vault.fixtures import bao
from tests.support.vault.openbao import OpenBao
from tests.support.vault.role import MakeRole, database, role

__all__ = ["bao", "database", "role"]

pytest.importorskip("psycopg", reason="psycopg is missing: it is in the group test")
TRAFFIC = Path(__file__).with_name("traffic.py")
SPOILT = """
if os.path.exists("spoil"):
    os.unlink("spoil")
    os.rename("application", "away")
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Supervised]]:
    made: list[Supervised] = []
    yield made
    for each in made:
        each.close()


def test_the_old_one_is_revoked_only_when_the_application_runs_with_the_new_one(
    bao: OpenBao,
    role: MakeRole,
    started: list[Supervised],
    tmp_path: Path,
) -> None:
    def test(times: int) -> None:
        lent = role(f"{30 * times}s", f"{45 * times}s")
        directory = tmp_path / str(times)
        directory.mkdir()

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_")

            port: int
            user: Annotated[str, Vault(f"{lent.path}#username")]
            password: Annotated[SecretStr, Vault(f"{lent.path}#password")]

        bake(Settings, name="shop", version="1").dump(directory / "contract.json")
        application = directory / "application"
        application.write_text(f"#!{sys.executable}\n{TRAFFIC.read_text()}{SPOILT}")
        application.chmod(0o755)
        (directory / "spoil").touch()
        environ = {
            **PLAIN_ENVIRON,
            "CONFCONTRACT_RUNTIME_DIR": str(directory / "run"),
            "VAULT_ADDR": bao.address,
            "VAULT_TOKEN": bao.token,
            "SHOP_PORT": str(lent.postgres.port),
        }
        argv = supervise_with(directory / "contract.json", "./application", options=("--poll", "1"))
        for before in started:  # an attempt that failed would go on taking a processor from this one
            before.close()
        started[:] = [booted := Supervised(argv, directory, env=environ)]

        def users() -> list[str]:
            path = directory / "traffic"
            lines = path.read_text().splitlines() if path.exists() else []
            return [line.split()[1] for line in lines if line.startswith("started ")]

        until(lambda: "restart-failed" in booted.err, booted.process, within=SAFETY * times)
        [first] = users()
        assert lent.made == 2
        assert first in lent.alive()
        (directory / "away").rename(application)
        until(lambda: len(users()) == 3, booted.process, within=SAFETY * times)
        second = users()[2]
        assert users() == [first, first, second]
        assert second != first
        until(lambda: lent.alive() == [second], booted.process)
        assert lent.made == 2
        assert "\nfailed " not in (directory / "traffic").read_text()
        booted.send(signal.SIGTERM)
        assert booted.end()[0] == 0
        assert lent.alive() == []

    where_nothing_stalls(test)
