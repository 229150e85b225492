"""HTTP as a boot needs it, on what the standard library has: each request is sent once, on a connection that is kept.

requests, by which hvac would send it, takes longer to import than all the rest of a boot; `http.client`, on which
that stands, takes a quarter of it. What the network, TLS or a broken server come up with is raised as it is: `failure`
puts it into words.
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
_OF_A_PATH = "/%:@!$&'()*+,;=~"  # what may stand in a path beside letters and digits (RFC 3986)


class Transport:
    """The connections to a server, and to where it redirects. For many threads: each request has one for itself.

    kept: the most idle ones. Raises NotConfigured for certificates that can't be used.
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
        """Send a request, and read how its answer begins. seconds: the longest that the server may say nothing."""
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
            with suppress(BrokenPipeError, ConnectionResetError):  # it may have said why before it hung up
                connection.request(method, target, body, headers)
            return Response(connection.getresponse(), connection, self)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """One that is in use is closed with its answer."""
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
    """origin: scheme, host and port of the server, as it stands in an address."""

    auto_open = 0

    def __init__(self, parts: SplitResult) -> None:
        host, port = host_of(parts), parts.port or PORTS[parts.scheme]
        super().__init__(host, port)
        self.default_port = PORTS[parts.scheme]
        self.origin = f"{parts.scheme}://{in_brackets(host)}" + (f":{parts.port}" if parts.port else "")

    def is_quiet(self) -> bool:
        """Whether it can be used again. Whatever there is to read now is its end, or an answer to nothing."""
        waiting = poll()
        waiting.register(self.sock, POLLIN)
        return not waiting.poll(0)


class Response:
    """An answer, of which the body is still to be read, and which is to be closed."""

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
        """What has arrived of the body; nothing at its end. Raises IncompleteRead if it ends too early."""
        piece = self._received.read1(_PIECE_BYTES)
        if not piece and self._received.length:
            raise IncompleteRead(b"", self._received.length)
        self._complete = not piece
        return piece

    def close(self) -> None:
        self._received.close()
        if self._complete and self._connection.sock is not None:  # None: the server has said that this was the last
            self._transport.keep(self._connection)
        else:
            self._connection.close()
