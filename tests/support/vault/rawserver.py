"""Servers that know no HTTP: one says what it was told to, the other lets connections through, as a proxy does."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.vault.openbao import PATIENCE


class Raw:
    """Answers each connection's first request with the same bytes, and closes it. heads: what was asked."""

    def __init__(self, answer: bytes, host: str = "127.0.0.1") -> None:
        self.answer = answer
        self.heads: list[str] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(PATIENCE)
            self.heads.append(head(connection))
            self.serve(connection)

    def serve(self, connection: socket.socket) -> None:
        connection.sendall(self.answer)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


class Tunnel(Raw):
    """A proxy that lets through whatever asks it to. certificate: its own, for one that speaks TLS."""

    def __init__(self, certificate: tuple[Path, Path] | None = None) -> None:
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
        super().__init__(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.address = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"

    def _serve(self, connection: socket.socket) -> None:
        if self._context is None:
            super()._serve(connection)
            return
        with suppress(OSError):
            super()._serve(self._context.wrap_socket(connection, server_side=True))

    def serve(self, connection: socket.socket) -> None:
        host, _, port = self.heads[-1].split()[1].rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port))) as beyond:
            connection.sendall(self.answer)
            back = threading.Thread(target=_pump, args=(beyond, connection), daemon=True)
            back.start()
            _pump(connection, beyond)
            back.join(PATIENCE)


def head(connection: socket.socket) -> str:
    """A request without its body."""
    read = b""
    while not read.endswith(b"\r\n\r\n") and (byte := connection.recv(1)):
        read += byte
    return read.decode("latin-1")


def _pump(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            to.sendall(piece)
    with suppress(OSError):
        to.shutdown(socket.SHUT_WR)


@contextmanager
def answering(answer: bytes, host: str = "127.0.0.1") -> Iterator[Raw]:
    server = Raw(answer, host)
    yield server
    server.stop()


@contextmanager
def tunnel(certificate: tuple[Path, Path] | None = None) -> Iterator[Tunnel]:
    server = Tunnel(certificate)
    yield server
    server.stop()
