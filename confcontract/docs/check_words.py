"""Checks in words."""

from __future__ import annotations

from confcontract.checks.defaults import ASKED_IN
from confcontract.checks.kinds import class_of
from confcontract.docs.clean_text import command_line, listed
from confcontract.docs.model import CheckEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from confcontract.contract.artifact import Contract

_COMMON = ("name", "kind", "timeout", "interval", "deadline", "period", "phases", "critical")


def check_of(data: Mapping[str, Any], contract: Contract, mask: Callable[[str], str]) -> CheckEntry:
    """A check of the contract in words."""
    kind = class_of(data["kind"])
    target = data.get("target")
    named = [variable["name"] for variable in contract.variables if variable["name"] == target]
    phases = tuple(data.get("phases", ASKED_IN))
    critical = data.get("critical")
    if critical is None:
        critical = kind.critical_by_default(phases)
    members = _Members({name: _Value(value, mask) for name, value in data.items() if name not in _COMMON})
    words = kind.words.format_map(members)
    rest = ((name, f"{value}") for name, value in sorted(members.items()) if name not in members.said)
    more = [f"{_spaced(name)}: {text}" for name, text in rest if text not in ("", "false")]
    return CheckEntry(
        name=mask(str(data["name"])),
        kind=kind.kind,
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


class _Value:
    """A value of the contract, formatted as the words of a check's kind ask for (Check.words): the part after the colon
    is the format.
    """

    def __init__(self, value: Any, mask: Callable[[str], str]) -> None:
        self._value = value
        self._mask = mask

    def __format__(self, how: str) -> str:
        return self._mask(_plain(self._value, how))


class _Members(dict[str, _Value]):
    """The members of a check; a missing one becomes an empty text. said: the members that the words of its kind
    mention.
    """

    def __init__(self, members: Mapping[str, _Value]) -> None:
        super().__init__(members)
        self.said: set[str] = set()

    def __getitem__(self, name: str) -> _Value:
        self.said.add(name)
        return self.get(name) or _Value("", str)


def _plain(value: Any, how: str = "") -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        if how == "command line":
            return command_line(map(_plain, value))
        return listed(["there" if item == "exists" else _plain(item) for item in value], how or "and")
    if isinstance(value, dict):
        return listed(list(value))  # the names of headers only: their values are not shown
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value} {how}" if how else f"{value:g}" if isinstance(value, float) else str(value)


def _spaced(name: str) -> str:
    """maxAge becomes "max age"."""
    return "".join(f" {character.lower()}" if character.isupper() else character for character in name)
