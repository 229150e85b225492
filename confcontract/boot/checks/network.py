"""Connections, TLS handshakes, names."""

from __future__ import annotations

from confcontract.boot.checks.address import parse
from confcontract.boot.checks.attempt import (
    AUTHORITIES,
    EXPIRED,
    NotYet,
    connect,
    not_yet,
    remaining,
    tcp_attempt,
    together,
    words,
)
from confcontract.boot.checks.plan import Target
from confcontract.host.folder import at

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.boot.checks.address import Address, Endpoint
    from confcontract.boot.checks.attempt import Attempt
    from confcontract.boot.checks.plan import Place

DAY = 86_400  # seconds


def target(check: Mapping[str, Any], place: Place) -> Target:
    """Raises NotAnAddress."""
    kind = check["kind"]
    address = _named(place.text) if kind == "dns" else parse(place.text)
    hidden = place.secret and "://" not in place.text  # the host and port of a URL are not secret
    where = place.unshown if hidden or not address.where else address.where
    data: dict[str, Any] = {"kind": kind, "endpoints": address.endpoints}
    if kind == "tls":
        data |= {"days": check.get("days", 0), **authorities(place.settings.environ)}
    if kind == "dns":
        names = [endpoint[0] for endpoint in address.endpoints if not isinstance(endpoint, str)]
        data = {"kind": kind, "names": names}
        where = place.unshown if hidden else ", ".join(names)
    return Target(restored(data), where, None if hidden else data)


def restored(data: Mapping[str, Any]) -> Attempt:
    if data["kind"] == "dns":
        return _dns_attempt(data["names"])
    endpoints = as_endpoints(data["endpoints"])
    return _tls_attempt(endpoints, data) if data["kind"] == "tls" else tcp_attempt(endpoints)


def tcp_data(address: Address) -> dict[str, Any]:
    """A plain connection, for a process that can't log in."""
    return {"kind": "tcp", "endpoints": address.endpoints}


def as_endpoints(data: Sequence[Any]) -> list[Endpoint]:
    """Endpoints restored from JSON, which has no tuples."""
    return [one if isinstance(one, str) else (one[0], one[1]) for one in data]


def authorities(environ: Mapping[str, str]) -> dict[str, str | None]:
    """The trusted authorities, from OpenSSL's own variables."""
    return {"cafile": environ.get("SSL_CERT_FILE") or None, "capath": environ.get("SSL_CERT_DIR") or None}


def tls_context(data: Mapping[str, Any]) -> ssl.SSLContext:
    """Raises NotYet."""
    import ssl

    try:
        return ssl.create_default_context(cafile=_at(data["cafile"]), capath=_at(data["capath"]))
    except OSError as error:
        raise NotYet(f"SSL_CERT_FILE can't be used: {words(error)}", AUTHORITIES) from None


def _at(path: str | None) -> str | None:
    return None if path is None else at(path)


def _tls_attempt(endpoints: Sequence[Endpoint], data: Mapping[str, Any]) -> Attempt:
    def attempt(until: float) -> str:
        import ssl

        failed = None
        for endpoint in endpoints:
            name = "localhost" if isinstance(endpoint, str) else endpoint[0].partition("%")[0]
            try:
                connection = connect([endpoint], until)
            except NotYet as refused:
                failed = failed or refused
                continue
            try:
                connection.settimeout(remaining(until))
                connection = tls_context(data).wrap_socket(connection, server_hostname=name)
                certificate = connection.getpeercert()
            except (OSError, ValueError) as error:
                raise not_yet(error) from None
            finally:
                connection.close()
            return _days_left(ssl.cert_time_to_seconds(str((certificate or {})["notAfter"])), data["days"])
        raise failed or NotYet("no address")

    return attempt


def _days_left(ends: float, least: float) -> str:
    import time

    left = int((ends - time.time()) // DAY)
    if left < least:
        raise NotYet(f"the certificate expires in {_days(left)}, and {_days(least)} are required", EXPIRED)
    return f"the certificate expires in {_days(left)}"


def _days(number: float) -> str:
    return f"{number:g} {'day' if number == 1 else 'days'}"


def _named(text: str) -> Address:
    """A bare name is enough here, without a port."""
    literal = "://" not in text and ":" not in text
    return parse(f"dns://{text}:53" if literal else text)


def _dns_attempt(names: Sequence[str]) -> Attempt:
    def attempt(_until: float) -> str:
        import socket

        reasons = []
        for name in names:
            try:
                found = {entry[4][0] for entry in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)}
            except (OSError, UnicodeError) as error:
                reasons.append(not_yet(error))
            else:
                return f"{len(found)} {'address' if len(found) == 1 else 'addresses'}"
        raise together(reasons, "no name to look up")

    return attempt
