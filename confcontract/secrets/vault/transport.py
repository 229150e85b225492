"""HTTP for boot, based on the standard library: each request is sent once, on a persistent connection.

requests, which hvac would use, takes longer to import than the rest of a boot; `http.client`, on which it is based,
takes a quarter of that. Errors of the network, TLS or a broken server are raised unchanged: `failure` explains them.
"""

from __future__ import annotations

from contextlib import suppress
from http.client import HTTPConnection, IncompleteRead
from select import POLLIN, poll
from urllib.parse import quote, urlsplit

from confcontract.secrets.vault.opening import PORTS, Opener, host_of, in_brackets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPResponse
    from urllib.parse import SplitResult

    from confcontract.secrets.vault.server import VaultServer


_PIECE_BYTES = 65536
_OF_A_PATH = "/%:@!$&'()*+,;=~"  # characters that a path can contain besides letters and digits (RFC 3986)


class Transport:
    """The connections to a server, and to the targets of its redirects. Thread-safe: each request has its own
    connection.

    kept: the most idle connections. Raises NotConfigured for certificates that can't be used.
    """

    def __init__(self, server: VaultServer, kept: int) -> None:
        self._opener = Opener(server)
        self._kept = kept
        self._idle: dict[str, list[_Connection]] = {}
        self._closed = False

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        connect_seconds: float,
        seconds: float,
    ) -> Response:
        """Send a request, and read the beginning of the answer. seconds: the longest silence of the server."""
        parts = urlsplit(url)
        connection = self._connection(parts)
        try:
            if connection.sock is None:
                connection.sock = self._opener.open(parts, connect_seconds)
            connection.sock.settimeout(seconds)
            target = quote(parts.path or "/", _OF_A_PATH)
            if parts.query:
                target += "?" + quote(parts.query, _OF_A_PATH + "?")
            if self._opener.asks_the_proxy(parts.scheme):
                target, headers = connection.origin + target, {**headers, **self._opener.credentials()}
            # it may have sent the reason before it closed the connection
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, target, body, headers)
            return Response(connection.getresponse(), connection, self)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """A connection in use is closed with its answer."""
        self._closed = True
        for idle in list(self._idle.values()):
            while idle:
                idle.pop().close()

    def keep(self, connection: _Connection) -> None:
        idle = self._idle.setdefault(connection.origin, [])
        if self._closed or len(idle) >= self._kept:
            connection.close()
        else:
            idle.append(connection)

    def _connection(self, parts: SplitResult) -> _Connection:
        made = _Connection(parts)
        idle = self._idle.get(made.origin, [])
        while True:
            try:
                found = idle.pop()
            except IndexError:
                return made
            if found.is_quiet():
                return found
            found.close()


class _Connection(HTTPConnection):
    """origin: scheme, host and port of the server, as in an address."""

    auto_open = 0

    def __init__(self, parts: SplitResult) -> None:
        host, port = host_of(parts), parts.port or PORTS[parts.scheme]
        super().__init__(host, port)
        self.default_port = PORTS[parts.scheme]
        self.origin = f"{parts.scheme}://{in_brackets(host)}" + (f":{parts.port}" if parts.port else "")

    def is_quiet(self) -> bool:
        """Whether it can be reused. If there is anything to read, it was closed, or the data belongs to no request."""
        waiting = poll()
        waiting.register(self.sock, POLLIN)
        return not waiting.poll(0)


class Response:
    """An answer whose body has not been read yet; the caller closes it."""

    def __init__(self, received: HTTPResponse, connection: _Connection, transport: Transport) -> None:
        self.status = received.status
        self._received = received
        self._connection = connection
        self._transport = transport
        self._complete = False

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def header(self, name: str) -> str:
        return self._received.getheader(name, "")

    def piece(self) -> bytes:
        """The part of the body that has arrived; empty at its end. Raises IncompleteRead if it ends too early."""
        piece = self._received.read1(_PIECE_BYTES)
        if not piece and self._received.length:
            raise IncompleteRead(b"", self._received.length)
        self._complete = not piece
        return piece

    def close(self) -> None:
        self._received.close()
        # None: the server has announced that it closes the connection
        if self._complete and self._connection.sock is not None:
            self._transport.keep(self._connection)
        else:
            self._connection.close()
