"""A server with everything that a contract may refer to, and sites that boot from it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Vault
from tests.support.booting import Ended, Site
from tests.support.forks import plain_environ, server
from tests.support.postgres import Postgres
from tests.support.vault import dynamic
from tests.support.vault.fetching import CANARY
from tests.support.vault.fixtures import bao, canary, proxy  # noqa: F401
from tests.support.vault.openbao import OpenBao, until

CERTIFICATE = "certificates/issue/web?common_name=shop.example&ttl=24h"


class Still(BaseSettings):
    """What lies in Vault."""

    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: Annotated[SecretStr, Vault("secret/shop#password")]
    database_url: Annotated[SecretStr, Vault("secret/shop#database_url")]
    old: Annotated[SecretStr, Vault("legacy/shop#password")]
    extra: Annotated[str, Vault("secret/nothing#k", fallback="secret/common#k")]
    colour: Annotated[SecretStr | None, Vault("secret/nothing#colour", optional=True)] = None
    port: int = Field(8000, ge=1)


class Made(BaseSettings):
    """What Vault makes."""

    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: Annotated[SecretStr, Vault("secret/shop#password")]
    db_user: Annotated[SecretStr, Vault("database/creds/shop#username")]
    db_password: Annotated[SecretStr, Vault("database/creds/shop#password")]
    certificate: Annotated[SecretStr, Vault(f"{CERTIFICATE}#certificate")]
    private_key: Annotated[SecretStr, Vault(f"{CERTIFICATE}#private_key")]
    port: int = Field(8000, ge=1)


@pytest.fixture(scope="session")
def stocked(bao: OpenBao) -> OpenBao:  # noqa: F811
    bao.put("common", {"k": "common"})
    return bao


@pytest.fixture(scope="session")
def database(shared_database: Postgres, shared_authority: None) -> Postgres:
    return shared_database


@pytest.fixture
def postgres(bao: OpenBao, database: Postgres) -> Postgres:  # noqa: F811
    for prefix in ("database/creds", "certificates/issue"):
        bao.do("PUT", f"sys/leases/revoke-force/{prefix}")
    database.drop_roles()  # tests of revocations that fail share the server: theirs are tried again much later
    until(lambda: nothing_is_lent(bao, database))  # what the token of a boot has given back ends a moment later
    return database


def nothing_is_lent(bao: OpenBao, database: Postgres) -> bool:  # noqa: F811
    return not database.roles() and not dynamic.leases(bao, "certificates/issue/web")


class Shop(Site):
    def secrets(self, *words: str, environ: Mapping[str, str]) -> Ended:
        argv = ["secrets", words[0], "--contract", str(self.contract_path), *words[1:]]
        code, out, err = server().run(argv, {**plain_environ(), **environ}, str(self.directory))
        ended = Ended(subprocess.CompletedProcess(argv, code, out, err))
        for text in (ended.out, ended.err):
            assert CANARY not in text
            assert "Traceback" not in text
        return ended


@pytest.fixture
def still(tmp_path: Path, stocked: OpenBao) -> Shop:
    return Shop(tmp_path, Still)


@pytest.fixture
def made(tmp_path: Path, stocked: OpenBao) -> Shop:
    return Shop(tmp_path, Made)


@pytest.fixture
def log_in(bao: OpenBao) -> Callable[[str], dict[str, str]]:  # noqa: F811
    """An environment that logs in with nothing but the policy of this text."""

    def make(policy: str, name: str = "least") -> dict[str, str]:
        bao.do("POST", f"sys/policies/acl/{name}", {"policy": policy})
        role = f"auth/approle/role/{name}"
        bao.do("POST", role, {"token_policies": [name], "token_no_default_policy": True, "token_ttl": "1h"})
        return {
            "VAULT_ADDR": bao.address,
            "VAULT_ROLE_ID": bao.do("GET", f"{role}/role-id")["role_id"],
            "VAULT_SECRET_ID": bao.do("POST", f"{role}/secret-id")["secret_id"],
        }

    return make


@pytest.fixture
def root(bao: OpenBao) -> dict[str, str]:  # noqa: F811
    return {"VAULT_ADDR": bao.address, "VAULT_TOKEN": bao.token}
