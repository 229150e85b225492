"""Serves health and metrics over HTTP. It only reads known results, so that clients can't cause work.

It protects itself against slow clients: a request has limits of time and bytes, the number of threads is limited, and
if all are in use, connections that have waited a second for their own request to arrive are dropped.
"""

from __future__ import annotations

import errno
import os
import socket
import socketserver
import stat
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from confcontract.boot.health.listening import Listen, parse
from confcontract.boot.health.request import Request
from confcontract.boot.rundir import short_path
from confcontract.host.threads import start_quiet
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

if TYPE_CHECKING:
    from confcontract.boot.health.health import Health
    from confcontract.boot.health.metrics import Metrics

THREADS = 64
PATIENCE = 1.0  # seconds, where others wait for a thread
_OUT_OF_RESOURCES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class NotServed(UsageError):
    """The address can't be used. address: "" if it can't be shown."""

    def __init__(self, address: str, reason: str) -> None:
        place = f"--health-addr {address}".rstrip()
        hint = "choose another address, or stop the process that uses it"
        super().__init__(Problem("usage", f"{place}: {reason}", hint=hint))
        self.address = address
        self.reason = reason


class Server:
    """HTTP on one address: a port or a Unix socket. Raises UsageError (exit 64) for one that can't be parsed."""

    def __init__(self, health: Health, metrics: Metrics, address: str) -> None:
        self._listen = parse(address)
        self._health = health
        self._metrics = metrics
        self._server: _TcpServer | None = None

    def start(self) -> None:
        """Listen, and answer on separate threads. Raises UsageError if the address can't be used."""
        kind = _TcpServer if self._listen.path is None else _UnixServer
        try:
            self._server = kind(self._listen, self._health, self._metrics)
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            is_host = not isinstance(error, (socket.gaierror, UnicodeError))  # an invalid address may be a credential
            raise NotServed(str(self._listen) if is_host else "", reason.lower()) from None
        start_quiet("health server", self._server.serve_forever, None)  # no polling: it waits for a connection

    def stop(self) -> None:
        """Stop listening and remove the socket file. Running requests are still answered."""
        if self._server is not None:
            self._server.end()
            self._server = None

    @property
    def address(self) -> str:
        """Where it listens, with the port that the system has chosen."""
        if self._server is None or self._listen.path is not None:
            return str(self._listen)
        host, port = self._server.socket.getsockname()[:2]
        return str(Listen(host, port))


class _TcpServer(socketserver.TCPServer):
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, listen: Listen, health: Health, metrics: Metrics) -> None:
        self.listen = listen
        self.health = health
        self.metrics = metrics
        self._slots = threading.BoundedSemaphore(THREADS)
        self._lock = threading.Lock()
        self._waiting: dict[socket.socket, float] = {}  # since when, for a request that has not arrived yet
        super().__init__(self._bind_to(listen), Request)

    def _bind_to(self, listen: Listen) -> Any:
        found = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        self.address_family, *_, address = found[0]
        return address

    def get_request(self) -> tuple[socket.socket, Any]:
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in _OUT_OF_RESOURCES:
                time.sleep(0.1)  # otherwise it would be retried at once, in a busy loop
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        while not self._slots.acquire(timeout=PATIENCE / 4):
            self._drop_slow()
        with self._lock:
            self._waiting[request] = time.monotonic()
        try:
            start_quiet("health request", self._answer, request, client_address)
        except (RuntimeError, MemoryError):
            self._done(request)

    def _drop_slow(self) -> None:
        with self._lock:
            for request, since in self._waiting.items():
                if since < time.monotonic() - PATIENCE:
                    _shut(request)  # its thread finds the end of the input, and ends

    def arrived(self, request: socket.socket) -> None:
        """A request has been read: its connection is no longer dropped."""
        with self._lock:
            self._waiting.pop(request, None)

    def _answer(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except (OSError, ValueError):
            pass  # the client has gone
        finally:
            self._done(request)

    def _done(self, request: socket.socket) -> None:
        self.arrived(request)
        self.shutdown_request(request)
        self._slots.release()

    def end(self) -> None:
        _shut(self.socket)  # wakes a thread that waits for a connection
        self.shutdown()
        self.server_close()


class _UnixServer(_TcpServer):
    address_family = socket.AF_UNIX

    def _bind_to(self, listen: Listen) -> Any:
        assert listen.path is not None
        self.path = listen.path
        self._remove_if_dead()
        return self.path

    def _remove_if_dead(self) -> None:
        """Remove the socket of a killed server. Raises OSError if a server still listens there."""
        try:
            if not stat.S_ISSOCK(os.lstat(self.path).st_mode):
                return
            with socket.socket(socket.AF_UNIX) as client, short_path(self.path) as path:
                client.settimeout(1)
                client.connect(path)
        except FileNotFoundError:
            return
        except ConnectionRefusedError:
            os.unlink(self.path)
        else:
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))

    def server_bind(self) -> None:
        with short_path(self.path) as path:
            self.socket.bind(path)
            os.chmod(path, os.lstat(path).st_mode & 0o777 | 0o600)  # we can connect, whatever the umask
        self._made = os.lstat(self.path)

    def end(self) -> None:
        try:
            if os.path.samestat(os.lstat(self.path), self._made):
                os.unlink(self.path)
        except OSError:
            pass  # another process has removed it
        super().end()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # it has gone already
        connection.shutdown(socket.SHUT_RDWR)
