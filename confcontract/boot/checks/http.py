"""GET a URL and check the status and, if requested, the body; redirects are not followed, and no proxy is used."""

from __future__ import annotations

import io

from confcontract.boot.checks.address import NotAnAddress, parse
from confcontract.boot.checks.attempt import LATE, NotYet, connect, not_yet, remaining
from confcontract.boot.checks.network import authorities, tcp_data, tls_context
from confcontract.boot.checks.plan import Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Mapping
    from typing import Any

    from confcontract.boot.checks.attempt import Attempt
    from confcontract.boot.checks.plan import Place

BODY = 64 * 1024  # bytes of the body that are searched


def target(check: Mapping[str, Any], place: Place) -> Target:
    """Raises NotAnAddress.

    A user in the URL becomes basic authentication. SSL_CERT_FILE and SSL_CERT_DIR name the authorities for https.
    """
    address = parse(place.text)
    if address.scheme not in ("http", "https"):
        raise NotAnAddress("is not a http or https URL")
    endpoint = address.endpoints[0]
    if isinstance(endpoint, str) or len(address.endpoints) > 1:
        raise NotAnAddress("must name one host")
    path: str = check.get("path") or ""
    data = {
        "kind": "http",
        "endpoint": endpoint,
        "secure": address.scheme == "https",
        "request": _request_target(address.path, address.query, path),
        "status": check.get("status") or [200],
        "headers": check.get("headers") or {},
        "body": check.get("body") or "",
        **authorities(place.settings.environ),
    }
    # only host and port of a variable's URL are shown, because web hooks have their secret in the path
    where = f"{address.scheme}://{address.where}{path.partition('?')[0]}" if address.where else place.unshown
    in_path = bool(address.query) or (place.secret and address.path not in ("", "/"))
    credentials = bool(address.user) or (in_path and place.variable is not None)
    attempt = _attempt(data, _basic(address.user))
    return Target(attempt, where, tcp_data(address) if credentials else data, credentials=credentials)


def restored(data: Mapping[str, Any]) -> Attempt:
    return _attempt(data, {})


def _attempt(data: Mapping[str, Any], authorization: Mapping[str, str]) -> Attempt:
    host, port = endpoint = (data["endpoint"][0], data["endpoint"][1])
    # an IPv6 zone (fe80::1%eth0) is for connecting only
    name = host.partition("%")[0]
    sent = {"User-Agent": "confcontract", "Accept": "*/*", "Connection": "close", **authorization, **data["headers"]}
    contexts: list[ssl.SSLContext] = []  # created once, in the thread of the check

    def attempt(until: float) -> None:
        connection = connect([endpoint], until)
        try:
            if data["secure"]:
                if not contexts:
                    contexts.append(tls_context(data))
                connection.settimeout(remaining(until))
                connection = contexts[0].wrap_socket(connection, server_hostname=name)
            wire = _Wire(connection, until)
            found, body = _answer(wire, name, port, data["secure"], data["request"], sent, bool(data["body"]))
        except (OSError, ValueError) as error:
            raise not_yet(error) from None
        finally:
            connection.close()
        if found not in data["status"]:
            wanted = " or ".join(map(str, data["status"]))
            follow = ", and redirects are not followed" if 300 <= found < 400 else ""
            raise NotYet(f"answered {found}, expected {wanted}{follow}")
        if data["body"]:
            _search(data["body"], body, until)

    return attempt


_REPEATS = frozenset("*+?{|(")  # a pattern without any of these can't take long


def _search(pattern: str, body: bytes, until: float) -> None:
    import re

    from confcontract.host.sourcefile import OutOfTime
    from confcontract.host.trial import in_time

    text = body.decode("utf-8", "replace")
    try:
        if _REPEATS.isdisjoint(pattern):
            found = re.search(pattern, text)
        else:
            found = in_time(lambda: re.search(pattern, text), remaining(until))
    except OutOfTime:
        raise NotYet(f"{pattern!r} was neither found nor missed in time", LATE) from None
    if found is None:
        # the body itself is never shown, because it may contain anything
        raise NotYet(f"the answer does not match {pattern!r}")


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


def _answer(
    wire: _Wire, host: str, port: int, secure: bool, request: str, headers: Mapping[str, str], wanted: bool
) -> tuple[int, bytes]:
    """The status and, if it is needed, the beginning of the body."""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(host, port)
    connection.default_port = 443 if secure else 80  # Host: without the port if it is the default
    connection.sock = wire
    try:
        connection.request("GET", request, headers=dict(headers))
        with connection.getresponse() as response:
            return response.status, response.read(BODY) if wanted else b""
    except ConnectionError:
        raise
    except HTTPException as error:
        raise NotYet(f"no HTTP answer ({type(error).__name__})") from None
    finally:
        connection.close()


class _Wire:
    """The socket for http.client, with one deadline for everything.

    A socket's own timeout restarts with each byte, so a server that sends byte by byte would never time out.
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
        """Does nothing: http.client calls it before the body is read, and the creator of the connection closes it."""


class _Reader(io.RawIOBase):
    def __init__(self, wire: _Wire) -> None:
        self.wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.wire.connection.settimeout(remaining(self.wire.until))
        return self.wire.connection.recv_into(buffer)
