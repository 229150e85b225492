"""The target of a URL, a DSN or HOST:PORT, parsed without importing a URL library, which would cost a start 7 ms.

A DSN may name several hosts (postgresql://a,b:6432/shop), and a text several URLs (nats://a,nats://b); one that answers
is enough, as for the driver. No function here puts a user name, password or query into text that is shown.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    Endpoint: TypeAlias = tuple[str, int] | str  # host and port, or the path of a unix socket

PORTS = {
    "amqp": 5672,
    "amqps": 5671,
    "cassandra": 9042,
    "clickhouse": 9000,
    "cockroachdb": 26257,
    "ftp": 21,
    "http": 80,
    "https": 443,
    "kafka": 9092,
    "ldap": 389,
    "ldaps": 636,
    "mariadb": 3306,
    "memcached": 11211,
    "mongodb": 27017,
    "mqtt": 1883,
    "mqtts": 8883,
    "mssql": 1433,
    "mysql": 3306,
    "nats": 4222,
    "oracle": 1521,
    "postgres": 5432,
    "postgresql": 5432,
    "redis": 6379,
    "rediss": 6379,
    "smtp": 25,
    "smtps": 465,
    "valkey": 6379,
    "valkeys": 6379,
    "ws": 80,
    "wss": 443,
}
_SOCKET_FILES = {"postgres": ".s.PGSQL.5432", "postgresql": ".s.PGSQL.5432"}


class NotAnAddress(Exception):
    """Why a text has no target; the message does not show the text."""


class Address:
    """endpoints: any of them is enough. where: a description that is safe to show, or None.

    scheme, user, path and query are those of a URL ("" if there is none); user as it was written. others: those of
    further URLs; then the other members are those of the first.
    """

    __slots__ = ("endpoints", "others", "path", "query", "scheme", "user", "where")

    def __init__(
        self, scheme: str, user: str, endpoints: list[Endpoint], path: str, query: str, others: Sequence[Address] = ()
    ) -> None:
        self.scheme = scheme
        self.user = user
        self.endpoints: list[Endpoint] = [*endpoints, *(endpoint for other in others for endpoint in other.endpoints)]
        self.others = others
        self.path = path
        self.query = query
        # A password with a bare / or # in it ends the host too early: the "host" is then the user's name
        torn = (not user and "@" in path + query) or any(other.where is None for other in others)
        self.where: str | None = None if torn else ", ".join(map(shown, self.endpoints))


def shown(endpoint: Endpoint) -> str:
    if isinstance(endpoint, str):
        return endpoint
    host, port = endpoint
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def parse(text: str) -> Address:
    """Raises NotAnAddress."""
    text, *more = urls(text.strip())
    if not text.isprintable() or " " in text:
        raise NotAnAddress("holds white space or control characters")
    scheme, separator, rest = text.partition("://")
    if not separator:
        if "/" in text or "@" in text:
            raise NotAnAddress("is neither a URL nor HOST:PORT")
        return Address("", "", _endpoints(text, None), "", "")
    scheme = scheme.lower()
    if not scheme.replace("+", "").replace("-", "").replace(".", "").isalnum():
        raise NotAnAddress("is neither a URL nor HOST:PORT")
    end = min((position for mark in "/?#" if (position := rest.find(mark)) >= 0), default=len(rest))
    user, _, hosts = rest[:end].rpartition("@")
    path, _, query = rest[end:].partition("?")
    family = scheme.partition("+")[0]
    if scheme.endswith("+srv"):
        raise NotAnAddress("has its hosts in DNS SRV records; name HOST:PORT in the check instead")
    endpoints: list[Endpoint]
    if "unix" in scheme.split("+"):
        endpoints = [_socket_path(hosts + path)]
    elif hosts:
        endpoints = _endpoints(hosts, PORTS.get(family), _SOCKET_FILES.get(family))
    else:
        endpoints = _hosts_in_query(query, family)
    return Address(scheme, user, endpoints, path, query, [parse(url) for url in more])


def urls(text: str) -> list[str]:
    """The text split at commas that are followed by another URL; not after a ?, where a value may contain one."""
    found: list[str] = []
    for part in text.split(","):
        begins = part.partition("://")[0].replace("+", "").replace("-", "").isalnum() and "://" in part
        if found and not (begins and "://" in found[0] and "?" not in found[-1]):
            found[-1] += f",{part}"
        else:
            found.append(part)
    return found


def _socket_path(path: str) -> str:
    if not path.startswith("/"):
        raise NotAnAddress("does not name the absolute path of a Unix socket")
    return path


def _endpoints(hosts: str, default_port: int | None, socket_file: str | None = None) -> list[Endpoint]:
    return [_endpoint(host, default_port, socket_file) for host in hosts.split(",")]


def _endpoint(text: str, default_port: int | None, socket_file: str | None) -> Endpoint:
    if text.startswith("["):
        host, closed, port = text[1:].partition("]")
        if not closed or (port and not port.startswith(":")):
            raise NotAnAddress("has a [ without its ]")
        port = port[1:]
    else:
        host, _, port = text.partition(":")
        if ":" in port:
            raise NotAnAddress("has an IPv6 address that is not in brackets")
    if "%2f" in host.lower() or host.startswith("/"):
        from urllib.parse import unquote

        directory = unquote(host)
        return f"{directory}/{socket_file}" if socket_file else directory
    if not host:
        raise NotAnAddress("has no host")
    if not port and default_port is None:
        raise NotAnAddress("has no port")
    if port and not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536):
        raise NotAnAddress("has a port that is not a number from 1 to 65535")
    return host, int(port) if port else default_port or 0


def _hosts_in_query(query: str, family: str) -> list[Endpoint]:
    """postgresql:///shop?host=/run/postgresql, the spelling of libpq and SQLAlchemy."""
    from urllib.parse import parse_qs

    named = parse_qs(query.partition("#")[0])
    if "host" not in named:
        raise NotAnAddress("has no host")
    default = PORTS.get(family)
    ports = named.get("port", [""])[0]
    if ports.isascii() and ports.isdigit() and len(ports) <= 5:
        default = int(ports) or default
    hosts = ",".join(named["host"])
    return _endpoints(hosts, default, _SOCKET_FILES.get(family))
