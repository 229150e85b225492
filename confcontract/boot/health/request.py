"""One request for health or metrics."""

from __future__ import annotations

import io
import json
import socket
import time
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from confcontract.boot.health import answers
from confcontract.boot.health.accept import preferred
from confcontract.boot.health.listening import is_loopback
from confcontract.boot.health.metrics import OPENMETRICS, PLAIN
from confcontract.boot.health.snapshot import PROBES, Verdict
from confcontract.boot.health.statuses import DOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 5.0  # for a whole request to arrive, and again for the answer to be read
BYTES = 16 * 1024
MORE = (0.1,) * 8  # seconds, for a client that sends more than we read
PATHS = {"/health": PROBES, **{f"/health/{probe}": (probe,) for probe in PROBES}}


class TooLong(HTTPException):
    """More than BYTES."""


class Input(io.RawIOBase):
    """A client's input, limited in time (TimeoutError) and in bytes (TooLong)."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until = time.monotonic() + SECONDS
        self._left = BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            raise TooLong  # the rest must be read, because it may contain a Host that we refuse
        self._connection.settimeout(max(self._until - time.monotonic(), 0.001))
        count = self._connection.recv_into(memoryview(buffer)[: self._left])
        self._left -= count
        return count


class Request(BaseHTTPRequestHandler):
    """Reads one request and answers it; then the connection is closed. `server`: the server of serving.py."""

    server: Any
    protocol_version = "HTTP/1.1"
    # for a client that names no version, or an unknown one: the answer has headers
    default_request_version = "HTTP/1.0"

    def version_string(self) -> str:
        return "confcontract"

    def setup(self) -> None:
        self.connection = self.request
        self.rfile = io.BufferedReader(Input(self.connection))
        self.wfile = self._answer = io.BytesIO()  # sent in one piece

    def handle(self) -> None:
        try:
            self.handle_one_request()
        except TooLong:  # in the first line
            self.requestline = self.command = ""
            self.request_version = self.default_request_version
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)

    def parse_request(self) -> bool:
        complete = super().parse_request()
        self.server.arrived(self.connection)
        return complete

    def finish(self) -> None:
        self.connection.settimeout(SECONDS)
        self.connection.sendall(self._answer.getvalue())
        self.connection.shutdown(socket.SHUT_WR)
        with suppress(BlockingIOError, TimeoutError):  # there is no more input
            for patience in (0.0, *MORE):  # closing with unread input would reset the connection
                self.connection.settimeout(patience)
                if not self.connection.recv(BYTES):
                    break

    def do_GET(self) -> None:
        if not self._is_for_us():
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        try:
            url = urlsplit(self.path)
        except ValueError:  # http://[
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        if url.path == "/metrics":
            self._metrics()
        elif url.path in PATHS:
            self._health(PATHS[url.path], url.query)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _is_for_us(self) -> bool:
        """Prevents DNS rebinding: a web page must not read a loopback server through its own host name."""
        host = self.headers.get("Host")
        if host is None or not self.server.listen.is_loopback:
            return True
        return is_loopback(host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0])

    def _health(self, probes: Sequence[str], query: str) -> None:
        kind = preferred(self.headers.get("Accept"), answers.FORMATS)
        details = parse_qs(query, keep_blank_values=True).get("details", ["0"])[-1] not in ("0", "false")
        try:
            snapshot = self.server.health.snapshot()
            verdicts = [snapshot.verdict(probe) for probe in probes]
            code, text = answers.status_code(verdicts), answers.body(kind, verdicts, details=details)
        except Exception:
            verdicts = [Verdict(probe, DOWN, "could not be determined", ()) for probe in probes]
            code, text = 500, answers.body(kind, verdicts, details=True)
        self._send(code, text, f"{kind}; charset=utf-8" if kind == answers.LINE else kind)

    def _metrics(self) -> None:
        offers = ("application/openmetrics-text", "text/plain")
        openmetrics = preferred(self.headers.get("Accept"), offers) == offers[0]
        try:
            text = self.server.metrics.render(openmetrics=openmetrics)
        except Exception:
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR)
        else:
            self._send(200, text, OPENMETRICS if openmetrics else PLAIN)

    def _send(self, code: int, text: str, content_type: str, **headers: str) -> None:
        payload = text.encode()
        self.send_response(code)
        headers = {
            "Content-Type": content_type,
            "Content-Length": str(len(payload)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept",
            "Connection": "close",
            **headers,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """As JSON with our own message, because http.server's would show the client's input."""
        more = {}
        if code == HTTPStatus.NOT_IMPLEMENTED:  # http.server's status for an unknown method
            code, more = HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"}
        words = HTTPStatus(code).phrase.lower()
        self._send(code, json.dumps({"error": words}) + "\n", "application/json", **more)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - its name in http.server
        """Logs nothing, because probes come every few seconds."""
