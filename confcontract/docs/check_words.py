"""Checks in words."""

from __future__ import annotations

from confcontract.docs.clean_text import command_line, listed
from confcontract.docs.model import Check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from confcontract.contract.artifact import Contract

# Others depend on what these look at, too, so that their failure after the start only degrades.
_SHARED = ("tcp", "tls", "dns", "http", "grpc", "postgres", "redis", "mysql", "amqp")

_WORDS = {
    "amqp": "the message broker at {target} answers",
    "command": "the command {argv} succeeds",
    "disk": "the file system of {target} has {free} free",
    "dns": "the name in {target} is resolved",
    "file": "{target} is {require}",
    "grpc": "the gRPC service at {target} says that it serves",
    "http": "a GET of {target}{path} is answered with {status}",
    "mysql": "the MySQL database at {target} answers",
    "postgres": "the PostgreSQL database at {target} answers",
    "python": "{function} says so",
    "redis": "the Redis server at {target} answers",
    "tcp": "{target} accepts connections",
    "tls": "the certificate of {target} is valid for {days} more days",
}
_COMMON = ("name", "kind", "timeout", "interval", "deadline", "period", "phases", "critical")


def check_of(data: Mapping[str, Any], contract: Contract, mask: Callable[[str], str]) -> Check:
    """A check of the contract, of a known kind or of a newer one, in words."""
    kind = str(data["kind"])
    target = data.get("target")
    named = [variable["name"] for variable in contract.variables if variable["name"] == target]
    phases = tuple(data.get("phases", ("startup", "ready")))
    critical = data.get("critical")
    if critical is None:
        critical = ["startup"] if kind in _SHARED else ["startup", "ready", "live"]
    said = {name: mask(_plain(value, name)) for name, value in data.items() if name not in _COMMON}
    form = _WORDS.get(kind, f"a check of kind {kind}")
    words = form.format_map(_Said(said))
    more = [
        f"{_spaced(name)}: {text}"
        for name, text in sorted(said.items())
        if f"{{{name}}}" not in form and text not in ("", "false")
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


class _Said(dict[str, str]):
    """What a check does not say is left out."""

    def __missing__(self, _: str) -> str:
        return ""


def _plain(value: Any, name: str = "") -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        words = ["there" if name == "require" and item == "exists" else _plain(item) for item in value]
        return command_line(words) if name == "argv" else listed(words, "or" if name == "status" else "and")
    if isinstance(value, dict):
        return listed(list(value))  # of headers the names alone: their values are nobody's business
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value} bytes" if name == "free" else f"{value:g}" if isinstance(value, float) else str(value)


def _spaced(name: str) -> str:
    """maxAge as "max age"."""
    return "".join(f" {character.lower()}" if character.isupper() else character for character in name)
