"""Our own HTTP beside that of requests, which hvac uses: what is asked, by which way, and what is read."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
import requests

from confcontract.secrets.vault.connection import Connection
from confcontract.secrets.vault.failure import DEFECT, FOREIGN, RequestFailed
from confcontract.secrets.vault.retry import Deadline
from confcontract.secrets.vault.server import VaultServer
from tests.support.vault import faulty
from tests.support.vault.certificates import Authority
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.openbao import PATIENCE, OpenBao
from tests.support.vault.rawserver import answering, tunnel

ONE = {"A": "vault:secret/shop#password"}
JSON = b'{"data": {"k": "v"}}'
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def connection(environ: Mapping[str, str]) -> Iterator[Connection]:
    made = Connection(VaultServer(environ), Deadline(PATIENCE, time.monotonic, lambda: 0.0))
    yield made
    made.close()


def ours(url: str) -> object:
    """The JSON, or None where there is none to be had."""
    with connection({"VAULT_ADDR": url}) as to:
        try:
            return to.adapter.get("/v1/a")
        except RequestFailed as failed:
            return DEFECT if failed.kind == DEFECT else None


def theirs(url: str) -> object:
    try:
        answer = requests.get(f"{url}/v1/a", timeout=PATIENCE, allow_redirects=False)
        return answer.json() if answer.status_code == 200 else None
    except requests.RequestException:
        return None


def sized(body: bytes, size: object) -> bytes:
    return OK + f"Content-Length: {size}\r\n\r\n".encode() + body


CHUNKS = b"8\r\n" + JSON[:8] + b"\r\nc;a=b\r\n" + JSON[8:] + b"\r\n"
ANSWERS = {
    "with a length": sized(JSON, len(JSON)),
    "longer than it says": sized(JSON + b"more", len(JSON)),
    "shorter than it says": sized(JSON, len(JSON) + 1),
    "a length that is none": sized(JSON, "many"),
    "a negative length": sized(JSON, -1),
    "no length": OK + b"\r\n" + JSON,
    "nothing in it": sized(b"", 0),
    "in chunks": OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS + b"0\r\n\r\n",
    "in chunks, with a trailer": OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS + b"0\r\nA: b\r\n\r\n",
    "in chunks, the last one missing": OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "in chunks, cut": OK + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS[:-6],
    "in chunks of no size": OK + b"Transfer-Encoding: chunked\r\n\r\nx\r\n" + JSON,
    "HTTP/1.0": OK.replace(b"1.1", b"1.0") + b"\r\n" + JSON,
    "no reason": OK.replace(b" OK", b"") + b"\r\n" + JSON,
    "a header in two lines": OK + b"A: b\r\n c\r\n\r\n" + JSON,
    "something before it": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"\r\n" + JSON,
    "more headers than anybody reads": OK + b"A: b\r\n" * 200 + b"\r\n" + JSON,
    "a header longer than anybody reads": OK + b"A: " + b"b" * 70_000 + b"\r\n\r\n" + JSON,
    "no HTTP": b"220 mail.example.com ESMTP\r\n",
    "nothing at all": b"",
    "half of a header": OK[:30],
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
}


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_is_read_as_requests_reads_it(what: str) -> None:
    with answering(ANSWERS[what]) as server:
        url = f"http://127.0.0.1:{server.port}"
        expected = theirs(url)
        found = ours(url)
    assert (found or None) == expected


def test_an_answer_that_is_compressed_without_being_asked_for_is_told() -> None:
    body = gzip.compress(JSON)
    with (
        answering(sized(body, len(body)).replace(b"\r\n", b"\r\nContent-Encoding: gzip\r\n", 1)) as server,
        connection({"VAULT_ADDR": f"http://127.0.0.1:{server.port}"}) as to,
        pytest.raises(RequestFailed) as failed,
    ):
        to.adapter.get("/v1/a")
    assert (failed.value.kind, failed.value.retry) == (FOREIGN, False)
    assert "compressed" in failed.value.words
    assert "accept-encoding: identity" in server.heads[0].lower()


@pytest.mark.parametrize("host", ["[::1]", "127.0.0.1", "LOCALHOST"])
def test_the_host_is_written_as_requests_writes_it(host: str) -> None:
    name = "::1" if host == "[::1]" else "127.0.0.1"
    try:
        socket.create_server((name, 0), family=socket.AF_INET6 if ":" in name else socket.AF_INET).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with answering(sized(JSON, len(JSON)), name) as server:
        url = f"http://{host}:{server.port}"
        assert ours(url) == theirs(url) == json.loads(JSON)
    mine, expected = ([line for line in head.split("\r\n") if line.startswith("Host:")] for head in server.heads)
    assert mine == expected


@pytest.mark.parametrize("host", ["vault.example", "straße.example", "vault.example:8200", "[fd00::1]:8200"])
def test_a_proxy_is_asked_as_requests_asks_it(proxy: Faulty, host: str) -> None:
    asked: list[dict[str, str | None]] = []

    def look(exchange: faulty.Exchange) -> None:
        names = ("Host", "Proxy-Authorization")
        asked.append({"target": exchange.path, **{name: exchange.headers.get(name) for name in names}})
        exchange.reply(200, JSON)

    proxy.fault(look)
    through = proxy.address.replace("http://", "http://anna:s%C3%A9same%40@")
    requests.get(f"http://{host}/v1/a", proxies={"http": through}, timeout=PATIENCE)
    with connection({"VAULT_ADDR": f"http://{host}", "VAULT_PROXY_ADDR": through}) as to:
        to.adapter.get("/v1/a")
    assert asked[0] == asked[1]


@pytest.fixture
def behind(bao: OpenBao, authority: Authority) -> Iterator[tuple[Faulty, dict[str, str]]]:
    """A server with TLS, and an environment that trusts it."""
    server = Faulty(bao.address, authority.issue("localhost"))
    yield server, {"VAULT_ADDR": server.address, "VAULT_TOKEN": bao.token, "VAULT_CACERT": str(authority.ca)}
    server.stop()


def test_through_a_proxy_to_a_server_with_tls(behind: tuple[Faulty, dict[str, str]], fetch: Fetch, canary: str) -> None:
    server, environ = behind
    with tunnel() as proxy:
        through = proxy.address.replace("http://", f"http://anna:{canary}@")
        visit = fetch(environ | {"VAULT_PROXY_ADDR": through}, ONE)
    assert visit.values == {"A": canary}
    (head,) = proxy.heads
    assert head.startswith(f"CONNECT 127.0.0.1:{server.server_address[1]} HTTP/1.1\r\n")
    assert "\r\nProxy-Authorization: Basic " in head
    assert "X-Vault" not in head
    assert len(server.requests) == 2


def test_through_a_proxy_that_speaks_tls_itself(
    behind: tuple[Faulty, dict[str, str]],
    authority: Authority,
    fetch: Fetch,
    canary: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The proxy's certificate is for the authorities of the system; VAULT_CACERT is of the server alone."""
    server, environ = behind
    with tunnel(authority.issue("localhost")) as proxy:
        environ["VAULT_PROXY_ADDR"] = proxy.address
        visit = fetch(environ, ONE)
        assert visit.codes == {"A": "vault-unavailable"}
        assert "its certificate was not accepted" in visit.message
        assert server.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca))
        visit = fetch(environ, ONE)
    assert visit.values == {"A": canary}, visit.problems
    assert {head.split()[0] for head in proxy.heads} == {"CONNECT"}  # once more where an attempt got no answer in time


def test_the_server_behind_a_proxy_must_show_its_own_certificate(
    bao: OpenBao, authority: Authority, fetch: Fetch
) -> None:
    server = Faulty(bao.address, authority.issue("vault.example.com", address="192.0.2.1"))
    environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": bao.token, "VAULT_CACERT": str(authority.ca)}
    with tunnel() as proxy:
        visit = fetch(environ | {"VAULT_PROXY_ADDR": proxy.address}, ONE)
        assert "its certificate was not accepted" in visit.message
        named = environ | {"VAULT_PROXY_ADDR": proxy.address, "VAULT_TLS_SERVER_NAME": "vault.example.com"}
        assert fetch(named, ONE).values.keys() == {"A"}
    server.stop()


def test_a_connection_that_the_server_has_ended_meanwhile_is_not_used_again(proxy: Faulty) -> None:
    ended = threading.Semaphore(0)

    def hang_up(exchange: faulty.Exchange) -> None:
        exchange.reply(200, JSON)
        exchange.close_connection = True
        exchange.connection.shutdown(socket.SHUT_RDWR)
        ended.release()

    proxy.fault(hang_up)
    with connection({"VAULT_ADDR": proxy.address}) as to:
        for _ in range(3):
            assert to.adapter.get("/v1/a") == json.loads(JSON)
            assert ended.acquire(timeout=PATIENCE)
    assert proxy.connections == 3


def test_one_connection_for_requests_one_after_another(proxy: Faulty) -> None:
    proxy.fault(faulty.status(200, JSON))
    with connection({"VAULT_ADDR": proxy.address}) as to:
        for _ in range(3):
            to.adapter.get("/v1/a")
    assert proxy.connections == 1


@pytest.mark.parametrize("path", ["/vault", "/väult", "/a%2fb"])
def test_an_address_with_a_path_is_asked_there(proxy: Faulty, path: str) -> None:
    proxy.fault(faulty.status(200, JSON))
    with connection({"VAULT_ADDR": proxy.address + path}) as to:
        to.adapter.get("/v1/a")
    requests.get(f"{proxy.address}{path}/v1/a", timeout=PATIENCE)
    assert proxy.requests[0][1].lower() == proxy.requests[1][1].lower()
