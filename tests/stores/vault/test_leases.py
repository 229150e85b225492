"""Secrets that are made when they are read: how many are made, and what is remembered about them.

The engine is OpenBao's own for RabbitMQ; behind it answers a small endpoint in place of a broker, which counts users.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.openbao import OpenBao

BOTH = {"USER": "vault:rabbitmq/creds/shop#username", "PASSWORD": "vault:rabbitmq/creds/shop#password"}


class Broker(ThreadingHTTPServer):
    """users: the names that were made."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Management)
        self.users: list[str] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


class _Management(BaseHTTPRequestHandler):
    server: Broker

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/api/users/"):
            self.server.users.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_DELETE = do_PUT


@pytest.fixture(scope="module")
def broker(bao: OpenBao) -> Iterator[Broker]:
    made = Broker()
    bao.do("POST", "sys/mounts/rabbitmq", {"type": "rabbitmq"})
    address = f"http://127.0.0.1:{made.server_address[1]}"
    connection = {"connection_uri": address, "username": "a", "password": "b", "verify_connection": False}
    bao.do("POST", "rabbitmq/config/connection", connection)
    bao.do("POST", "rabbitmq/config/lease", {"ttl": 1800, "max_ttl": 3600})
    bao.do("POST", "rabbitmq/roles/shop", {"vhosts": '{"/": {"configure": ".*", "write": ".*", "read": ".*"}}'})
    yield made
    bao.do("DELETE", "sys/mounts/rabbitmq")
    made.shutdown()
    made.server_close()


@pytest.fixture(autouse=True)
def counted_from_zero(broker: Broker) -> None:
    broker.users.clear()


def test_one_credential_is_made_for_all_the_variables_that_use_it(
    broker: Broker, environ: dict[str, str], fetch: Fetch
) -> None:
    visit = fetch(environ, BOTH)
    assert visit.values["USER"] == broker.users[0].rpartition("/")[2]
    assert visit.values["PASSWORD"]
    assert len(broker.users) == 1
    (lease,) = visit.leases
    assert lease.identifier.startswith("rabbitmq/creds/shop/")
    assert (lease.path, lease.seconds, lease.renewable) == ("rabbitmq/creds/shop", 1800.0, True)
    assert visit.values["PASSWORD"] not in repr(lease)


def test_the_lease_is_remembered_even_when_a_key_is_missing(
    broker: Broker, environ: dict[str, str], fetch: Fetch
) -> None:
    visit = fetch(environ, {"A": "vault:rabbitmq/creds/shop#nothing"})
    assert visit.codes == {"A": "vault-key-missing"}
    assert len(visit.leases) == len(broker.users) == 1


def test_no_credential_is_made_while_vault_is_unwell_or_for_a_reference_that_can_not_be_right(
    broker: Broker, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    proxy.fault(faulty.says(503, "Vault is sealed"), where="/v1/rabbitmq/creds", times=3)
    assert fetch(environ, BOTH).codes == {}
    assert len(broker.users) == 1
    assert fetch(environ, {"A": "rabbitmq/creds/shop#username@2"}).codes == {"A": "reference-invalid"}
    assert len(broker.users) == 1


def test_a_lost_answer_costs_one_more_credential_and_no_more(
    broker: Broker, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    """Nobody can know the lease of an answer that never came: Vault ends it by itself when its time is over."""
    proxy.fault(faulty.truncated, where="/v1/rabbitmq/creds", times=1)
    visit = fetch(environ, BOTH)
    assert len(visit.leases) == 1
    assert len(broker.users) == 2
