"""A web server that records what it is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from tests.checks.stage import (
    Request,
)


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
