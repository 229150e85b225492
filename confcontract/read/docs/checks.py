"""Checks in words."""

from __future__ import annotations

from confcontract.read.docs.model import Check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from confcontract.contract import Contract

_COMMON = ("name", "kind", "target", "timeout", "interval", "deadline", "period", "phases", "critical", "path")
_SHARED = ("tcp", "tls", "dns", "http", "grpc", "postgres", "redis", "mysql", "amqp")  # others depend on these, too
_WORDS = {
    "amqp": "the message broker at {} answers",
    "command": "the command {} succeeds",
    "disk": "there is room on the disk of {}",
    "dns": "the name in {} is resolved",
    "file": "{} is there",
    "grpc": "the gRPC service at {} says that it serves",
    "http": "a GET of {} is answered",
    "mysql": "the MySQL database at {} answers",
    "postgres": "the PostgreSQL database at {} answers",
    "python": "{} returns without raising",
    "redis": "the Redis server at {} answers",
    "tcp": "{} accepts connections",
    "tls": "{} shows a valid certificate",
}


def check_of(data: Mapping[str, Any], contract: Contract, mask: Callable[[str], str]) -> Check:
    """A check of the contract, of a known kind or of a newer one, in words."""
    kind = str(data["kind"])
    target = data.get("target")
    named = [variable["name"] for variable in contract.variables if variable["name"] == target]
    where = mask(target if isinstance(target, str) else _plain(target if target is not None else data["name"]))
    phases = tuple(data.get("phases", ("startup", "ready")))
    critical = data.get("critical")
    if critical is None:
        critical = ["startup"] if kind in _SHARED else ["startup", "ready", "live"]
    words = _WORDS.get(kind, f"{kind}: {{}}").replace("{}", where + mask(str(data.get("path", ""))))
    more = [
        f"{_spaced(name)}: {mask(_plain(value))}"
        for name, value in sorted(data.items())
        if name not in _COMMON and value not in (None, [], {}, "")
    ]
    return Check(
        name=mask(str(data["name"])),
        kind=kind,
        words="; ".join([words, *more]),
        times=_times(data, phases),
        variable=named[0] if named else None,
        phases=phases,
        critical=tuple(phase for phase in critical if phase in phases),
    )


def _times(data: Mapping[str, Any], phases: tuple[str, ...]) -> str:
    each = f"each attempt at most {data['timeout']:g} s"
    tried = f"every {data['interval']:g} s, {each}, for at most {data['deadline']:g} s"
    if "period" in data and phases != ("startup",):
        return f"{tried}; later every {data['period']:g} s"
    return tried


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(item)}" for name, item in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)


def _spaced(name: str) -> str:
    """maxAge as "max age"."""
    return "".join(f" {character.lower()}" if character.isupper() else character for character in name)
