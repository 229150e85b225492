"""Database credentials under a supervisor: a real Vault-compatible server, a real PostgreSQL, real traffic."""

from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
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
from tests.support.vault.role import MakeRole, Role, database, role

__all__ = ["bao", "database", "role"]

pytest.importorskip("psycopg", reason="psycopg is missing: it is in the group test")
TRAFFIC = str(Path(__file__).with_name("traffic.py"))

Start = Callable[..., "Shop"]


class Shop(Supervised):
    """A supervised application with a database user of its own."""

    def traffic(self) -> Counter[tuple[str, str]]:
        """(what happened, user) → how often."""
        path = self.directory / "traffic"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return Counter((line.split()[0], line.split()[1]) for line in lines)

    def users(self) -> list[str]:
        return [user for what, user in self.traffic() if what == "started"]

    def failures(self) -> list[str]:
        lines = (self.directory / "traffic").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.startswith("failed")]


@pytest.fixture
def shop(bao: OpenBao, tmp_path: Path) -> Iterator[Start]:
    """shop(role, options...) -> an application that runs with a credential of that role."""
    started: list[Shop] = []

    def start(role: Role, *options: str) -> Shop:
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_")

            port: int
            user: Annotated[str, Vault(f"{role.path}#username")]
            password: Annotated[SecretStr, Vault(f"{role.path}#password")]

        for before in started:  # an attempt that failed would go on taking a processor from this one
            before.close()
        directory = tmp_path / role.name
        directory.mkdir()
        contract = directory / "contract.json"
        bake(Settings, name="shop", version="1").dump(contract)
        environ = {
            **PLAIN_ENVIRON,
            "CONFCONTRACT_RUNTIME_DIR": str(directory / "run"),
            "VAULT_ADDR": bao.address,
            "VAULT_TOKEN": bao.token,
            "SHOP_PORT": str(role.postgres.port),
        }
        argv = supervise_with(contract, sys.executable, TRAFFIC, options=options)
        started[:] = [Shop(argv, directory, env=environ)]
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.mark.slow
def test_a_credential_of_two_seconds_lives_through_a_minute_of_traffic(shop: Start, role: MakeRole) -> None:
    def test(times: int) -> None:
        lent = role(f"{2 * times}s", "24h")
        running = shop(lent)
        until(running.users, running.process)
        time.sleep(60)
        assert running.failures() == []
        assert len(running.users()) == 1
        assert running.traffic()["answered", running.users()[0]] > 100
        assert lent.made == 1
        running.send(signal.SIGTERM)
        assert running.end()[0] == 0
        assert lent.alive() == []
        assert running.err.count("vault-given-back") == 1

    where_nothing_stalls(test)


def test_before_its_longest_time_is_over_another_one_takes_its_place(shop: Start, role: MakeRole) -> None:
    def test(times: int) -> None:
        lent = role(f"{4 * times}s", f"{12 * times}s")
        running = shop(lent, "--grace", "60")
        until(lambda: len(running.users()) == 3, running.process, within=SAFETY * times)
        running.send(signal.SIGTERM)
        assert running.end()[0] == 0
        assert running.failures() == []
        assert len(set(running.users())) == 3
        assert lent.made == 3
        assert lent.alive() == []

    where_nothing_stalls(test)
