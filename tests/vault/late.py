"""A server that is there only after a while."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.vault.openbao import OpenBao, free_port

SECONDS = 0.7


@contextmanager
def coming_up(bao: OpenBao) -> Iterator[str]:
    """An address where nobody listens at first, and `bao` answers after a moment. One client at a time."""
    port = free_port()
    with socket.socket() as listener:

        def serve() -> None:
            listener.bind(("127.0.0.1", port))
            listener.listen()
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client, socket.create_connection(("127.0.0.1", bao.port)) as server:
                    while request := client.recv(65536):
                        server.sendall(request)
                        client.sendall(server.recv(65536))

        timer = threading.Timer(SECONDS, serve)
        timer.start()
        yield f"http://127.0.0.1:{port}"
        timer.cancel()
        if timer.finished.is_set():
            listener.shutdown(socket.SHUT_RDWR)
