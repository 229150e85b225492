"""The standard health protocol of gRPC, grpc.health.v1, through grpcio.

Its two messages are so small that they are written here: a request is `string service = 1`, a response is
`ServingStatus status = 1` (https://github.com/grpc/grpc/blob/master/doc/health-checking.md).
"""

from __future__ import annotations

from confcontract.boot.checks.address import NotAnAddress, parse
from confcontract.boot.checks.attempt import AUTHORITIES, LATE, TIMED_OUT, UNTRUSTED, Never, NotYet, connect, remaining
from confcontract.boot.checks.network import as_endpoints, authorities
from confcontract.boot.checks.plan import Target
from confcontract.host.folder import at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.boot.checks.address import Endpoint
    from confcontract.boot.checks.attempt import Attempt
    from confcontract.boot.checks.plan import Place

METHOD = "/grpc.health.v1.Health/Check"
_STATUSES = {0: "UNKNOWN", 1: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN"}


def target(check: Mapping[str, Any], place: Place) -> Target:
    """Raises NotAnAddress."""
    address = parse(place.text)
    if len(address.endpoints) > 1:
        raise NotAnAddress("must name one host")
    hidden = place.secret and "://" not in place.text
    where = place.unshown if hidden or not address.where else address.where
    data = {
        "kind": "grpc",
        "endpoint": address.endpoints[0],
        "service": check.get("service", ""),
        "tls": bool(check.get("tls")) or address.scheme in ("grpcs", "https"),
        **authorities(place.settings.environ),
    }
    return Target(restored(data), where, None if hidden else data)


def restored(data: Mapping[str, Any]) -> Attempt:
    [endpoint] = as_endpoints([data["endpoint"]])

    def attempt(until: float) -> None:
        grpc = _grpc()
        connect([endpoint], until).close()  # our own message if nothing listens
        try:
            with _channel(grpc, endpoint, data) as channel:
                ask = channel.unary_unary(METHOD)
                answer: bytes = ask(_request(data["service"]), timeout=remaining(until))
        except grpc.RpcError as error:
            raise _not_yet(error.code().name, data["service"]) from None
        status = answer[1] if answer[:1] == b"\x08" else 0
        if status != 1:
            raise NotYet(f"answered {_STATUSES.get(status, status)}")

    return attempt


def _grpc() -> Any:
    import os

    # gRPC's core writes addresses and handshakes to stderr. It reads this variable once, when it is loaded; the
    # application does not get it, because its environment is built separately.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        return __import__("grpc")
    except ImportError:
        raise Never("grpcio is not installed", "install confcontract[grpc], or declare a Tcp check") from None


def _channel(grpc: Any, endpoint: Endpoint, data: Mapping[str, Any]) -> Any:
    if isinstance(endpoint, str):
        address = f"unix:{endpoint}"
    else:
        host, port = endpoint
        address = f"dns:///[{host}]:{port}" if ":" in host else f"dns:///{host}:{port}"
    options = [("grpc.enable_http_proxy", 0), ("grpc.enable_retries", 0)]
    if not data["tls"]:
        return grpc.insecure_channel(address, options)
    certificates = None
    if data["cafile"]:
        try:
            with open(at(data["cafile"]), "rb") as file:
                certificates = file.read()
        except OSError as error:
            raise NotYet(f"SSL_CERT_FILE can't be used: {(error.strerror or '').lower()}", AUTHORITIES) from None
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(certificates), options)


def _request(service: str) -> bytes:
    name = service.encode()
    if not name:
        return b""
    length, size = len(name), bytearray()
    while length > 0x7F:
        size.append(length & 0x7F | 0x80)
        length >>= 7
    size.append(length)
    return b"\x0a" + bytes(size) + name


def _not_yet(code: str, service: str) -> NotYet:
    """The server's own text is not shown, because it may repeat the request."""
    if code == "NOT_FOUND":
        return NotYet(f"the server does not have the service {service!r}")
    if code == "UNIMPLEMENTED":
        return NotYet("the server does not speak grpc.health.v1")
    if code == "DEADLINE_EXCEEDED":
        return NotYet(TIMED_OUT, LATE)
    if code == "UNAVAILABLE":
        words = "the port is open, but gRPC can't connect (is TLS as the server wants it, and its certificate trusted?)"
        return NotYet(words, UNTRUSTED)
    return NotYet(f"answered {code}")
