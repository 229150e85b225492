"""A server with a database engine before a real PostgreSQL, and rotations against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.boot.rotation.running import Run
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import CANARY
from tests.support.vault.fixtures import bao, proxy  # noqa: F401
from tests.support.vault.openbao import OpenBao
from tests.support.vault.role import database, role  # noqa: F401

_serial = count(1)


@pytest.fixture
def run(bao: OpenBao, proxy: Faulty) -> Iterator[Run]:  # noqa: F811
    made = Run({"VAULT_ADDR": proxy.address}, bao.token, proxy)
    yield made
    made.end(CANARY)


@pytest.fixture
def login(bao: OpenBao) -> Callable[..., dict[str, str]]:  # noqa: F811
    """An environment that logs in by AppRole, with tokens as the options say."""

    def make(**options: str) -> dict[str, str]:
        rules = [("database/creds/*", "read"), ("secret/data/*", "read"), ("sys/leases/revoke", "update")]
        bao.policy("rotating", *rules)
        name = f"auth/approle/role/rotating{next(_serial)}"
        bao.do("POST", name, {"token_policies": "rotating", **options})
        role_id, secret_id = bao.do("GET", f"{name}/role-id"), bao.do("POST", f"{name}/secret-id")
        return {"VAULT_ROLE_ID": role_id["role_id"], "VAULT_SECRET_ID": secret_id["secret_id"]}

    return make
