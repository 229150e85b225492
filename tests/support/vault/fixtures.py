"""A server for the session, a faulty proxy for a test, and a way to fetch that looks for leaks."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.support.postgres import Postgres
from tests.support.vault.certificates import Authority
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import CANARY, Fetch
from tests.support.vault.openbao import OpenBao


@pytest.fixture(scope="session")
def bao(shared_bao: OpenBao) -> OpenBao:
    return shared_bao


@pytest.fixture(scope="session")
def authority(bao: OpenBao, tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(bao, tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def proxy(bao: OpenBao) -> Iterator[Faulty]:
    made = Faulty(bao.address)
    yield made
    made.stop()


@pytest.fixture
def fetch(proxy: Faulty) -> Fetch:
    return Fetch(lambda: {CANARY, *(token for token in proxy.tokens if token)})


@pytest.fixture
def environ(bao: OpenBao, proxy: Faulty) -> dict[str, str]:
    """An environment that reaches the server through the proxy, as root."""
    return {"VAULT_ADDR": proxy.address, "VAULT_TOKEN": bao.token}


@pytest.fixture
def canary() -> str:
    return CANARY


@pytest.fixture(scope="session")
def authority_engine(shared_authority: None) -> None:
    """certificates/issue/web."""


@pytest.fixture(scope="session")
def database(shared_database: Postgres) -> Postgres:
    return shared_database


@pytest.fixture
def postgres(bao: OpenBao, database: Postgres) -> Postgres:
    bao.do("PUT", "sys/leases/revoke-force/database/creds")
    database.drop_roles()  # what a creation that was cut short has left, and a revocation that fails, nobody drops
    database.await_no_roles()  # those of a token that was given back end in the server's own time
    return database


@pytest.fixture
def logged_in(bao: OpenBao, proxy: Faulty) -> dict[str, str]:
    """An environment that logs in, with a policy for the database and the shop's secrets."""
    bao.policy("minting", ("database/creds/*", "read"), ("secret/data/*", "read"), ("certificates/issue/web", "update"))
    role = "auth/approle/role/minting"
    bao.do("POST", role, {"token_policies": "minting", "token_ttl": "1h"})
    secret_id = bao.do("POST", f"{role}/secret-id")["secret_id"]
    role_id = bao.do("GET", f"{role}/role-id")["role_id"]
    return {"VAULT_ADDR": proxy.address, "VAULT_ROLE_ID": role_id, "VAULT_SECRET_ID": secret_id}


@pytest.fixture
def address(proxy: Faulty) -> dict[str, str]:
    return {"VAULT_ADDR": proxy.address}


@pytest.fixture
def approle(bao: OpenBao, canary: str, address: dict[str, str]) -> dict[str, str]:
    role = "auth/approle/role/shop"
    bao.do("POST", role, {"token_policies": "shop", "token_ttl": "1h"})
    role_id = bao.do("GET", f"{role}/role-id")["role_id"]
    secret_id = f"{canary}-{time.monotonic_ns()}"
    bao.do("POST", f"{role}/custom-secret-id", {"secret_id": secret_id})
    return address | {"VAULT_ROLE_ID": role_id, "VAULT_SECRET_ID": secret_id}


@pytest.fixture(scope="session")
def signer(bao: OpenBao, shared_signer: None) -> OpenBao:
    return bao
