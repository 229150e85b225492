"""A server that is there only after a while."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.vault.faulty import Faulty
from tests.support.vault.openbao import OpenBao, free_port

SECONDS = 0.7


@contextmanager
def coming_up(bao: OpenBao) -> Iterator[str]:
    """An address where nobody listens at first, and `bao` answers after a moment."""
    port = free_port()
    servers: list[Faulty] = []
    timer = threading.Timer(SECONDS, lambda: servers.append(Faulty(bao.address, port=port)))
    timer.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        timer.cancel()
        timer.join()
        for server in servers:
            server.stop()
