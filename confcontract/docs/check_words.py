"""Checks in words."""

from __future__ import annotations

from confcontract.checks.defaults import ASKED_IN
from confcontract.checks.kinds import KINDS, class_of
from confcontract.docs.clean_text import command_line, listed
from confcontract.docs.model import Check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from confcontract.contract.artifact import Contract

_COMMON = ("name", "kind", "timeout", "interval", "deadline", "period", "phases", "critical")


def check_of(data: Mapping[str, Any], contract: Contract, mask: Callable[[str], str]) -> Check:
    """A check of the contract, of a known kind or of a newer one, in words."""
    kind = str(data["kind"])
    target = data.get("target")
    named = [variable["name"] for variable in contract.variables if variable["name"] == target]
    known = class_of(kind) if kind in KINDS else None
    phases = tuple(data.get("phases", ASKED_IN))
    critical = data.get("critical")
    if critical is None:
        critical = known.critical_by_default(phases) if known else phases
    said = {name: mask(_plain(value, name)) for name, value in data.items() if name not in _COMMON}
    form = known.words if known else f"a check of kind {kind}"
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
