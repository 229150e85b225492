"""A proxy that forwards to a server, except where a test says what goes wrong; it counts what passes through."""

from __future__ import annotations

import http.client
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.vault.openbao import PATIENCE

Fault = Callable[["Exchange"], None]


class Exchange(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Faulty

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server = self.server
        asked = self.path + self.headers.get("X-Amz-Target", "")  # AWS has one path, and says there what is asked for
        with server.lock:
            server.requests.append((self.command, asked))
            server.seen_tokens.add(self.headers.get("X-Vault-Token", ""))
            self.running = True
            server.running += 1
            server.most_running = max(server.most_running, server.running)
            fault = next((rule for rule in server.rules if rule.matches(asked)), None)
            if fault:
                fault.take()
        try:
            if server.latency:
                time.sleep(server.latency)
            (fault.fault if fault else forward)(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            self.done()

    def done(self) -> None:
        with self.server.lock:
            self.server.running -= self.running
            self.running = False

    do_POST = do_PUT = do_LIST = do_GET

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.done()  # once it has the answer, the client may ask something else before we are told
        self.send_response(status)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        names.setdefault("Content-Type", "application/json")
        names.setdefault("Content-Length", str(len(body)))
        for name, value in names.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def reset(self) -> None:
        """End the connection with RST, as a crashing server or a firewall does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RD)
        self.connection.close()


class Rule:
    """What happens to the next `times` requests whose path contains `where` (None: to all)."""

    def __init__(self, fault: Fault, where: str, times: int | None) -> None:
        self.fault = fault
        self.where = where
        self.times = times

    def matches(self, path: str) -> bool:
        return self.where in path and self.times != 0

    def take(self) -> None:
        if self.times is not None:
            self.times -= 1


class Faulty(ThreadingHTTPServer):
    """The proxy. `requests` are (method, path); `tokens` are all that were seen; `connections` counts.

    port: to listen on; 0 for any.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, upstream: str, certificate: tuple[Path, Path] | None = None, *, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Exchange)
        self.upstream = upstream
        self.address = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_address[1]}"
        self.context: ssl.SSLContext | None = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        self.lock = threading.Lock()
        self.requests: list[tuple[str, str]] = []
        self.seen_tokens: set[str] = set()
        self.connections = 0
        self.running = 0
        self.most_running = 0
        self.latency = 0.0
        self.rules: list[Rule] = []
        self.stopping = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake is the connection's own thread's: a client that refuses it must not stop the others.
        if self.context is None:
            super().finish_request(request, client_address)
            return
        with self.context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        pass

    @property
    def tokens(self) -> set[str]:
        with self.lock:
            return set(self.seen_tokens)

    def fault(self, fault: Fault, *, where: str = "", times: int | None = None) -> None:
        self.rules.append(Rule(fault, where, times))

    def count(self, part: str) -> int:
        return sum(part in path for _, path in self.requests)

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()


def forward(exchange: Exchange) -> None:
    status, headers, body = upstream_answer(exchange)
    exchange.reply(status, body, **headers)


def upstream_answer(exchange: Exchange) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(exchange.server.upstream)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    headers = {name: value for name, value in exchange.headers.items() if name.lower() not in ("host", "connection")}
    connection.request(exchange.command, exchange.path, exchange.body, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {"Content-Type": answer.headers.get("Content-Type", "")}, body


def status(code: int, body: bytes | str = b'{"errors":[]}', **headers: str) -> Fault:
    """An answer that never reaches the server."""
    raw = body.encode() if isinstance(body, str) else body
    return lambda exchange: exchange.reply(code, raw, **headers)


def says(code: int, *errors: str, **headers: str) -> Fault:
    """An answer in Vault's own form."""
    import json

    return status(code, json.dumps({"errors": errors}), **headers)


def reset(exchange: Exchange) -> None:
    exchange.reset()


def close(exchange: Exchange) -> None:
    exchange.close_connection = True


def truncated(exchange: Exchange) -> None:
    """The server has done its work; the client gets half of the answer."""
    code, headers, body = upstream_answer(exchange)
    exchange.reply(code, body[: len(body) // 2], Content_Length=str(len(body)), **headers)
    exchange.close_connection = True


def reset_in_the_body(exchange: Exchange) -> None:
    code, headers, body = upstream_answer(exchange)
    exchange.reply(code, body[: len(body) // 2], Content_Length=str(len(body)), **headers)
    exchange.wfile.flush()
    exchange.reset()


def half_without_length(exchange: Exchange) -> None:
    """Half of an answer that ends when the connection does: only the JSON shows that it is cut."""
    code, headers, body = upstream_answer(exchange)
    exchange.send_response(code)
    exchange.send_header("Content-Type", headers["Content-Type"])
    exchange.send_header("Connection", "close")
    exchange.end_headers()
    exchange.wfile.write(body[: len(body) // 2])
    exchange.close_connection = True


def silence(exchange: Exchange) -> None:
    """Never an answer."""
    exchange.server.stopping.wait()


def dripping_headers(exchange: Exchange) -> None:
    _drip(exchange, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Padding: ", b"x")


def dripping_body(exchange: Exchange) -> None:
    _drip(
        exchange, b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"data":"', b"x"
    )


def _drip(exchange: Exchange, start: bytes, drop: bytes) -> None:
    """A few bytes now and then: no read of the client's ever times out."""
    exchange.wfile.write(start)
    while not exchange.server.stopping.wait(0.05):
        exchange.wfile.write(drop)
        exchange.wfile.flush()


def oversized(exchange: Exchange) -> None:
    exchange.send_response(200)
    exchange.send_header("Content-Type", "application/json")
    exchange.send_header("Connection", "close")
    exchange.end_headers()
    exchange.close_connection = True
    exchange.wfile.write(b'{"data":"')
    for _ in range(64):
        exchange.wfile.write(b"x" * 1024 * 1024)


def edited(change: Callable[[Any], Any]) -> Fault:
    """The server's own answer, with its JSON changed."""
    import json

    def fault(exchange: Exchange) -> None:
        code, headers, body = upstream_answer(exchange)
        exchange.reply(code, json.dumps(change(json.loads(body))).encode(), **headers)

    return fault
