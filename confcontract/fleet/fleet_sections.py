"""Groups the variables of a contract, so that a group which several services have is recognised.

A group is a section of the settings, or the fields whose names begin with the same word: `database.url` and
`database.pool` are the same group as `database_url` and `database_pool`, whatever the prefix of the variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from confcontract.contract.digest import sha256
from confcontract.fleet.service_record import SectionRecord

_SMALLEST = 2  # variables: a single one is not a group


def sections_in(variables: Sequence[Mapping[str, Any]]) -> tuple[SectionRecord, ...]:
    """The groups, sorted by title, including nested ones."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for each in variables:
        if each["type"].get("kind") != "object":
            for group, name in _places(tuple(each["path"])):
                groups.setdefault(group, []).append(f"{name}: {each['type']['text']}")
    found = (_record(group, sorted(members)) for group, members in groups.items() if len(members) >= _SMALLEST)
    return tuple(sorted(found, key=lambda each: (each.title, each.mark)))


def _places(path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each group that a field belongs to, and its name in the group."""
    for size in range(1, len(path)):
        yield path[:size], ".".join(path[size:])
    word, _, rest = path[-1].partition("_")
    if word and rest:
        yield (*path[:-1], word), rest


def _record(group: tuple[str, ...], members: list[str]) -> SectionRecord:
    mark = sha256("\n".join(members).encode("utf-8", "backslashreplace")).removeprefix("sha256:")[:16]
    return SectionRecord(".".join(group).replace("\0", ""), tuple(members), mark)
