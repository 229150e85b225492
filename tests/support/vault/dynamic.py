"""Engines that make what they are asked for: a database engine before a real PostgreSQL, and a certificate authority."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.postgres import Postgres, programs
from tests.support.vault import certificates
from tests.support.vault.openbao import OpenBao

CREATE = "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"
ROLE = {"db_name": "shop", "creation_statements": [CREATE]}


def mount_database(bao: OpenBao, postgres: Postgres) -> None:
    """database/creds/shop: one hour. database/creds/short: two seconds, renewable up to four."""
    bao.do("POST", "sys/mounts/database", {"type": "database"})
    config = {
        "plugin_name": "postgresql-database-plugin",
        "allowed_roles": "*",
        "connection_url": f"postgresql://{{{{username}}}}:{{{{password}}}}@127.0.0.1:{postgres.port}/postgres?sslmode=disable",
        "username": "vault",
        "password": postgres.password,
    }
    bao.do("POST", "database/config/shop", config)
    for name, ttl, most in (("shop", "1h", "24h"), ("short", "2s", "4s")):
        bao.do("POST", f"database/roles/{name}", {**ROLE, "default_ttl": ttl, "max_ttl": most})


@contextmanager
def database(bao: OpenBao, password: str) -> Iterator[Postgres]:
    """A PostgreSQL whose administrator has this password, and the engine before it."""
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is missing: install the package postgresql")
    server = Postgres(found, password)
    mount_database(bao, server)
    yield server
    server.stop()


def mount_authority(bao: OpenBao) -> None:
    """certificates/issue/web: what it issues has a lease, so that the server can be asked how many there are."""
    certificates.mount_authority(bao, "certificates")
    role = {"allow_any_name": True, "key_type": "ec", "generate_lease": True, "max_ttl": "72h"}
    bao.do("POST", "certificates/roles/web", role)


def leases(bao: OpenBao, prefix: str) -> list[str]:
    """The leases that are alive below a path."""
    status, answer = bao.api("LIST", f"sys/leases/lookup/{prefix}")
    return [] if status == 404 else list(answer["data"]["keys"])
