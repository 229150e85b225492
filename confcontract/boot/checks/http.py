"""GET a URL and look at the status; the body is not read, redirects are not followed, no proxy is used."""

from __future__ import annotations

import io

from confcontract.boot.checks.address import NotAnAddress, parse
from confcontract.boot.checks.attempt import NotYet, connect, remaining, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.boot.checks.attempt import Attempt


def http_attempt(
    url: str, path: str, status: Sequence[int], headers: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[Attempt, str | None]:
    """The attempt, and scheme, host and port for messages (None where they must not be shown).

    A user in the URL becomes basic authentication. environ: SSL_CERT_FILE and SSL_CERT_DIR name the
    authorities for https. Raises NotAnAddress.
    """
    address = parse(url)
    if address.scheme not in ("http", "https"):
        raise NotAnAddress("is no http or https URL")
    endpoint = address.endpoints[0]
    if isinstance(endpoint, str) or len(address.endpoints) > 1:
        raise NotAnAddress("must name one host")
    host, port = endpoint
    # an IPv6 zone (fe80::1%eth0) is for connecting only
    name = host.partition("%")[0]
    secure = address.scheme == "https"
    target = _request_target(address.path, address.query, path)
    sent = {"User-Agent": "confcontract", "Accept": "*/*", "Connection": "close", **_basic(address.user), **headers}
    contexts: list[ssl.SSLContext] = []  # made once, in the thread of the check

    def attempt(until: float) -> None:
        connection = connect([endpoint], until)
        try:
            if secure:
                if not contexts:
                    contexts.append(_context(environ))
                connection.settimeout(remaining(until))
                connection = contexts[0].wrap_socket(connection, server_hostname=name)
            found = _status(_Wire(connection, until), name, port, secure, target, sent)
        except (OSError, ValueError) as error:
            raise NotYet(words(error)) from None
        finally:
            connection.close()
        if found not in status:
            wanted = " or ".join(map(str, status))
            follow = ", and redirects are not followed" if 300 <= found < 400 else ""
            raise NotYet(f"answered {found}, expected {wanted}{follow}")

    return attempt, f"{address.scheme}://{address.where}" if address.where else None


def _request_target(base: str, query: str, path: str) -> str:
    from urllib.parse import quote

    base = base.partition("#")[0]
    query = query.partition("#")[0]
    target = base.rstrip("/") + path if path else (base or "/") + (f"?{query}" if query else "")
    return quote(target, safe="/%:=&?~+!$,;'@()*[]")


def _basic(user: str) -> dict[str, str]:
    if not user:
        return {}
    from binascii import b2a_base64
    from urllib.parse import unquote

    name, _, password = user.partition(":")
    token = b2a_base64(f"{unquote(name)}:{unquote(password)}".encode(), newline=False).decode()
    return {"Authorization": f"Basic {token}"}


def _context(environ: Mapping[str, str]) -> ssl.SSLContext:
    import ssl

    file, directory = environ.get("SSL_CERT_FILE") or None, environ.get("SSL_CERT_DIR") or None
    try:
        return ssl.create_default_context(cafile=file, capath=directory)
    except OSError as error:
        raise NotYet(f"SSL_CERT_FILE can't be used: {words(error)}") from None


def _status(wire: _Wire, host: str, port: int, secure: bool, target: str, headers: Mapping[str, str]) -> int:
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(host, port)
    connection.default_port = 443 if secure else 80  # Host: without the port where it is the usual one
    connection.sock = wire
    try:
        connection.request("GET", target, headers=dict(headers))
        with connection.getresponse() as response:
            return response.status
    except ConnectionError:
        raise
    except HTTPException as error:
        raise NotYet(f"no HTTP answer ({type(error).__name__})") from None
    finally:
        connection.close()


class _Wire:
    """The socket as http.client wants it, with one moment at which everything ends.

    A socket's own timeout begins anew with each byte, so a server that drips would never time out.
    """

    def __init__(self, connection: socket.socket, until: float) -> None:
        self.connection = connection
        self.until = until

    def sendall(self, payload: bytes) -> None:
        self.connection.settimeout(remaining(self.until))
        self.connection.sendall(payload)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        self.connection.close()


class _Reader(io.RawIOBase):
    def __init__(self, wire: _Wire) -> None:
        self.wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.wire.connection.settimeout(remaining(self.wire.until))
        return self.wire.connection.recv_into(buffer)
