"""TLS: whom we trust, who we are, and that no token ever goes where the certificate is not right."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.vault import faulty
from tests.support.vault.certificates import Authority
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import CANARY, Fetch
from tests.support.vault.openbao import OpenBao

ONE = {"A": "vault:secret/shop#password"}


@pytest.fixture
def serve(bao: OpenBao) -> Iterator[Callable[[tuple[Path, Path]], Faulty]]:
    """Start a proxy with TLS."""
    servers: list[Faulty] = []

    def start(certificate: tuple[Path, Path]) -> Faulty:
        servers.append(Faulty(bao.address, certificate))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def secure(serve: Callable[[tuple[Path, Path]], Faulty], authority: Authority) -> Faulty:
    return serve(authority.issue("localhost"))


@pytest.fixture
def trusting(bao: OpenBao, secure: Faulty, authority: Authority) -> dict[str, str]:
    return {"VAULT_ADDR": secure.address, "VAULT_TOKEN": bao.token, "VAULT_CACERT": str(authority.ca)}


def test_our_own_authority_from_a_file(trusting: dict[str, str], fetch: Fetch, canary: str) -> None:
    assert fetch(trusting, ONE).values == {"A": canary}


def test_our_own_authority_from_a_directory_without_hashed_names(
    trusting: dict[str, str], authority: Authority, fetch: Fetch, canary: str, tmp_path: Path
) -> None:
    del trusting["VAULT_CACERT"]
    (tmp_path / "company.crt").write_text(authority.ca.read_text())
    assert fetch(trusting | {"BAO_CAPATH": str(tmp_path)}, ONE).values == {"A": canary}


def test_one_handshake_for_all_requests_one_after_another(
    trusting: dict[str, str], secure: Faulty, fetch: Fetch
) -> None:
    fetch(trusting, ONE)
    assert secure.connections == 1


def test_an_unknown_authority_is_final_and_gets_no_token(
    trusting: dict[str, str], secure: Faulty, fetch: Fetch
) -> None:
    del trusting["VAULT_CACERT"]
    visit = fetch(trusting, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert "its certificate was not accepted" in visit.message
    assert "VAULT_CACERT" in visit.problems[0].hint
    assert secure.requests == []
    assert len(visit.log) == 1


def test_verification_can_be_skipped(trusting: dict[str, str], fetch: Fetch, canary: str) -> None:
    del trusting["VAULT_CACERT"]
    visit = fetch(trusting | {"VAULT_SKIP_VERIFY": "true"}, ONE)
    assert visit.values == {"A": canary}
    assert [record["event"] for record in visit.log] == ["vault-certificate-not-verified"]


def test_a_certificate_for_another_host(
    bao: OpenBao, serve: Callable[[tuple[Path, Path]], Faulty], authority: Authority, fetch: Fetch, canary: str
) -> None:
    other = serve(authority.issue("vault.example.com", address="192.0.2.1"))
    environ = {"VAULT_ADDR": other.address, "VAULT_TOKEN": bao.token, "VAULT_CACERT": str(authority.ca)}
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert "its certificate was not accepted" in visit.message
    assert other.requests == []
    assert fetch(environ | {"VAULT_TLS_SERVER_NAME": "vault.example.com"}, ONE).values == {"A": canary}
    visit = fetch(environ | {"VAULT_TLS_SERVER_NAME": "other.example.com"}, ONE)
    assert visit.codes == {"A": "vault-unavailable"}


def test_an_expired_certificate(
    bao: OpenBao, serve: Callable[[tuple[Path, Path]], Faulty], authority: Authority, fetch: Fetch
) -> None:
    short = authority.issue("localhost", seconds=1)
    time.sleep(2)
    expired = serve(short)
    environ = {"VAULT_ADDR": expired.address, "VAULT_TOKEN": bao.token, "VAULT_CACERT": str(authority.ca)}
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert "expired" in visit.message
    assert expired.requests == []


def test_a_redirect_from_https_to_http_is_final_and_takes_no_token_along(
    trusting: dict[str, str], secure: Faulty, proxy: Faulty, fetch: Fetch
) -> None:
    def redirect(exchange: faulty.Exchange) -> None:
        exchange.reply(307, Location=proxy.address + exchange.path)

    secure.fault(redirect)
    visit = fetch(trusting, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert "from https to http" in visit.message
    assert proxy.requests == []


def test_https_to_a_server_that_speaks_http(bao: OpenBao, proxy: Faulty, fetch: Fetch) -> None:
    environ = {"VAULT_ADDR": proxy.address.replace("http:", "https:"), "VAULT_TOKEN": bao.token}
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert "does not use HTTPS" in visit.message


@pytest.fixture(scope="module")
def own(authority: Authority) -> Iterator[OpenBao]:
    """A server that ends TLS itself and asks for client certificates."""
    certificate, key = authority.issue("localhost")
    listener = f'tls_cert_file = "{certificate}"\n  tls_key_file = "{key}"\n  tls_client_ca_file = "{authority.ca}"'
    server = OpenBao("", dev=False, listener=listener, ca=authority.ca)
    keys = server.do("POST", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
    server.token = keys["root_token"]
    server.unseal(keys["keys"][0])
    server.do("POST", "sys/mounts/secret", {"type": "kv", "options": {"version": "1"}})
    server.do("POST", "secret/shop", {"password": CANARY})
    server.policy("shop", ("secret/shop", "read"))
    server.do("POST", "sys/auth/cert", {"type": "cert"})
    server.do("POST", "auth/cert/certs/shop", {"certificate": authority.ca.read_text(), "token_policies": "shop"})
    yield server
    server.stop()


def test_a_client_certificate_is_a_login(own: OpenBao, authority: Authority, fetch: Fetch, canary: str) -> None:
    certificate, key = authority.issue("shop")
    environ = {
        "VAULT_ADDR": own.address,
        "VAULT_CACERT": str(authority.ca),
        "VAULT_CLIENT_CERT": str(certificate),
        "VAULT_CLIENT_KEY": str(key),
    }
    visit = fetch(environ | {"CONFCONTRACT_VAULT_AUTH": "cert", "VAULT_ROLE": "shop"}, ONE)
    assert visit.values == {"A": canary}
    visit = fetch(environ | {"CONFCONTRACT_VAULT_AUTH": "cert", "VAULT_ROLE": "other"}, ONE)
    assert visit.codes == {"A": "vault-denied"}
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-not-configured"}, "a certificate alone may be there for the transport only"


def test_http_to_a_server_that_speaks_https(own: OpenBao, fetch: Fetch) -> None:
    environ = {"VAULT_ADDR": own.address.replace("https:", "http:"), "VAULT_TOKEN": "t"}
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert "write https://" in visit.message


@pytest.mark.parametrize("name", ["VAULT_CACERT", "VAULT_CAPATH", "VAULT_CLIENT_CERT"])
def test_a_file_that_is_no_certificate_is_named(
    trusting: dict[str, str], fetch: Fetch, canary: str, tmp_path: Path, name: str
) -> None:
    del trusting["VAULT_CACERT"]
    file = tmp_path / "file.pem"
    file.write_text(canary)
    environ = trusting | {name: str(tmp_path if name == "VAULT_CAPATH" else file)}
    if name == "VAULT_CLIENT_CERT":
        environ["VAULT_CLIENT_KEY"] = str(file)
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-not-configured"}
    assert name in visit.message
