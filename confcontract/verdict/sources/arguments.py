"""What a settings class is given by the names of its fields, brought under those that validation expects.

As pydantic-settings does it with the arguments of a constructor, and with what it finds in a configuration file.
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
    """The data, and of each key in it that is a field's: the field, and the key as it was given.

    sensitive: whether keys match by exact case.
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
    """The names that validation accepts for a field; left out where that is the field's own name alone."""
    aliases: list[str] = field["aliases"] if "aliases" in field else [field["name"]]
    return aliases
