"""Service links: the variables that Kubernetes injects for every Service of the namespace.

For a Service `shop` these are SHOP_SERVICE_HOST, SHOP_SERVICE_PORT, SHOP_SERVICE_PORT_<name>, SHOP_PORT, which is a
URL, and SHOP_PORT_<n>_TCP with _PROTO, _PORT and _ADDR:
https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables. They are recognised as a set: a
single name with such an ending is not a link, and neither is one whose value a deployment has set.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOST = "_SERVICE_HOST"
REMEDY = "set enableServiceLinks: false in the pod's spec"

_URL = re.compile(r"(tcp|udp|sctp)://(\[?[0-9A-Fa-f.:]+\]?):([0-9]+)")
_PORT = re.compile(r"_PORT_([0-9]+)_(TCP|UDP|SCTP)")
_SERVICE_PORT = re.compile(r"_SERVICE_PORT(_[A-Z0-9_]+)?")


def find(environ: Mapping[str, str]) -> dict[str, str]:
    """Name of a variable → the Service that it is a link to, for all links in an environment."""
    links: dict[str, str] = {}
    for name in environ:
        if name.endswith(HOST) and name != HOST:
            prefix = name[: -len(HOST)]
            found = dict.fromkeys(_of_service(prefix, environ), prefix.lower().replace("_", "-"))
            links.update(found)
    return links


def _of_service(prefix: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The links of one Service; empty if the set is incomplete."""
    beside = {name: value for name, value in environ.items() if name.startswith(f"{prefix}_")}
    urls = {name: url for name, value in beside.items() if (url := _url(name[len(prefix) :], value))}
    ports = {url[3] for url in urls.values()}
    hosts = {url[2].strip("[]") for url in urls.values()}
    if f"{prefix}_SERVICE_PORT" not in beside or beside[prefix + HOST] not in hosts:
        return
    parts = {f"{url}_{part}" for url in urls for part in ("PROTO", "PORT", "ADDR")}
    for name, value in beside.items():
        rest = name[len(prefix) :]
        if (
            rest == HOST
            or name in urls
            or name in parts
            or (rest == "_PORT" and _URL.fullmatch(value))
            or (_SERVICE_PORT.fullmatch(rest) and value in ports)
        ):
            yield name


def _url(rest: str, value: str) -> re.Match[str] | None:
    """The URL of one port, in agreement with the name: _PORT_80_TCP=tcp://10.0.0.1:80."""
    kind, url = _PORT.fullmatch(rest), _URL.fullmatch(value)
    return url if kind and url and (url[3], url[1].upper()) == (kind[1], kind[2]) else None
