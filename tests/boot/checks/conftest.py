"""A web server that records what it is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from tests.support import servers
from tests.support.postgres import Postgres, programs
from tests.support.stage import Request


@pytest.fixture
def http() -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    class Handler(Request):
        pass

    Handler.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}", Handler.seen
    server.shutdown()
    thread.join()
    server.server_close()


def _serving(server: servers.Server) -> Iterator[servers.Server]:
    yield server
    server.stop()


@pytest.fixture(scope="module")
def redis() -> Iterator[servers.Server]:
    yield from _serving(servers.redis())


@pytest.fixture(scope="module")
def mariadb() -> Iterator[servers.Server]:
    yield from _serving(servers.mariadb())


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[servers.Server]:
    yield from _serving(servers.rabbitmq())


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is missing")
    server = Postgres(folder, servers.PASSWORD)
    yield server
    server.stop()
