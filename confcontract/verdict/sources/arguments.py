"""Maps data with a settings class's field names to the names that validation expects.

This is what pydantic-settings does with the arguments of a constructor, and with the content of a configuration file.
"""

from __future__ import annotations

from confcontract.verdict.sources.decoding import fields_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def as_arguments(
    program: Mapping[str, Any], given: Mapping[str, Any], *, sensitive: bool
) -> tuple[dict[str, Any], dict[str, tuple[str, str]]]:
    """The data, and for each key in it that belongs to a field: the field, and the key as it was given.

    sensitive: whether keys must match in case.
    """
    sensitive = sensitive or "exact-arguments" in program.get("habits", ())
    keys: dict[str, list[str]] = {}
    for key in given:
        keys.setdefault(key if sensitive else key.lower(), []).append(key)
    left = set(given)
    data: dict[str, Any] = {}
    fields: dict[str, tuple[str, str]] = {}
    for field in fields_of(program):
        names = aliases_of(field)
        preferred = names[0]
        if program["byName"]:
            names = [*names, field["name"]]
        spelled = names if sensitive else [name.lower() for name in names]
        matched = [key for name in dict.fromkeys(spelled) for key in keys.get(name, ()) if key in left]
        if matched:
            left.difference_update(matched)
            data[preferred] = given[matched[0]]
            fields[preferred] = field["name"], matched[0]
    data.update({key: value for key, value in given.items() if key in left})
    return data, fields


def aliases_of(field: Mapping[str, Any]) -> list[str]:
    """The names that validation accepts for a field; left out if the field's own name is the only one."""
    aliases: list[str] = field["aliases"] if "aliases" in field else [field["name"]]
    return aliases
