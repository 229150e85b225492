"""A database role of Vault's that counts, in the database, what was made by it."""

from __future__ import annotations

from itertools import count
from typing import Protocol

import pytest

from tests.support.postgres import Postgres
from tests.support.vault import dynamic
from tests.support.vault.openbao import OpenBao

_serial = count(1)
_NOTED = "INSERT INTO made VALUES ('{{name}}')"


class Role:
    """A database role of Vault's, used by one test. made: how many credentials were ever made by it."""

    def __init__(self, bao: OpenBao, postgres: Postgres, ttl: str, most: str) -> None:
        self.name = f"role{next(_serial)}"
        self.bao = bao
        self.postgres = postgres
        self.path = f"database/creds/{self.name}"
        self.user = f"vault:{self.path}#username"
        self.password = f"vault:{self.path}#password"
        statements = [dynamic.CREATE, _NOTED]
        body = {"db_name": "shop", "creation_statements": statements, "default_ttl": ttl, "max_ttl": most}
        bao.do("POST", f"database/roles/{self.name}", body)

    @property
    def made(self) -> int:
        return int(self.postgres.query(f"select count(*) from made where name like '%-{self.name}-%'")[0])

    def alive(self) -> list[str]:
        return [name for name in self.postgres.roles() if f"-{self.name}-" in name]

    def revoke(self) -> None:
        """As an operator does."""
        self.bao.do("PUT", f"sys/leases/revoke-prefix/{self.path}")


class MakeRole(Protocol):
    """ttl, most: of its leases, as Vault writes durations."""

    def __call__(self, ttl: str, most: str = "24h") -> Role: ...


@pytest.fixture(scope="session")
def database(shared_database: Postgres) -> Postgres:
    return shared_database


@pytest.fixture
def role(bao: OpenBao, database: Postgres) -> MakeRole:
    return lambda ttl, most="24h": Role(bao, database, ttl, most)
