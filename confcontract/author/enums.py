"""Which values an enum class accepts for its members, determined on the class itself.

pydantic compares a value with the members, and then *calls the class* with it. The core schema shows only the members,
so the class itself is examined: values that can be listed are listed, code of the application is deferred.
"""

from __future__ import annotations

import math
from enum import Enum, EnumMeta, Flag
from typing import Any

# Keys that equal no text, and nothing decoded from JSON.
_NEVER_GIVEN = (tuple, bytes, frozenset)
_BUILTIN_EQUALITY = (str.__eq__, int.__eq__, float.__eq__, bool.__eq__)


def is_plain_enum(cls: type[Enum]) -> bool:
    """Whether all members have values that a contract can hold: strings, numbers, booleans, null, tuples of them."""
    return all(_is_plain(member.value) for member in cls.__members__.values())


def decides_itself(cls: type[Enum]) -> bool:
    """Whether code of the application decides about values that no member has."""
    missing: Any = getattr(cls._missing_, "__func__", None)
    known = (Enum._missing_.__func__, Flag._missing_.__func__)  # type: ignore[attr-defined]
    if missing not in known or type(cls).__call__ is not EnumMeta.__call__ or cls.__new__ is not Enum.__new__:
        return True
    if issubclass(cls, Flag) and (issubclass(cls, (str, float)) or _boundary(cls) == "EJECT"):
        return True  # EJECT returns a number, which is not a member
    return any(
        not isinstance(key, _NEVER_GIVEN) and (not _is_exact(key) or name is None) for key, name in _further(cls)
    )


def further_values(cls: type[Enum]) -> list[list[Any]]:
    """[value, name of the member that it stands for], … in addition to the members' own values."""
    return [[key, name] for key, name in _further(cls) if name is not None and _is_exact(key)]


def enum_data(cls: type[Enum]) -> dict[str, Any]:
    """An enum class as data: its name, the type mixed in, name and value of each member and alias. If they exist, also
    the further values that stand for members, and how flags treat bits that no member has.
    """
    mixins: tuple[type, ...] = (str, int, float)
    mixed = next((base.__name__ for base in mixins if issubclass(cls, base)), "")
    plain_values = is_plain_enum(cls)
    members = [[name, as_json(member.value) if plain_values else name] for name, member in cls.__members__.items()]
    data: dict[str, Any] = {
        "name": cls.__qualname__,
        "mixin": mixed if plain_values else "",
        "members": members,
    }
    if plain_values and not decides_itself(cls):
        more = further_values(cls)
        if more:
            data["further"] = more
        if issubclass(cls, Flag):
            data["boundary"] = _boundary(cls)
    return data


def member_text(member: Enum) -> str:
    """The name of a member. For flags without one: the names of the known bits, and the rest as a number."""
    if isinstance(member, Flag) and not member.name:
        return str(member.value)
    return member.name


def _boundary(cls: Any) -> str:
    name: str = cls._boundary_.name
    return name


def plain(value: Any) -> Any:
    """A str or number subclass (such as a mixed-in enum member) as the plain type; empty containers as JSON."""
    if isinstance(value, bool) or value is None:
        return value
    for cls in (str, int, float):
        if isinstance(value, cls):
            return cls(value) if not isinstance(value, Enum) else plain(value.value)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return value


def as_json(value: Any) -> Any:
    return [as_json(item) for item in value] if isinstance(value, tuple) else plain(value)


def _further(cls: type[Enum]) -> list[tuple[Any, str | None]]:
    found = []
    for key, member in cls._value2member_map_.items():
        if isinstance(member, Flag) and member.name not in cls.__members__:
            continue  # a combination of flags that was created earlier, for any reason
        if member.value is not key and not (type(member.value) is type(key) and member.value == key):
            found.append((key, member.name if cls.__members__.get(member.name) is member else None))
    return sorted(found, key=repr)


def _is_exact(value: Any) -> bool:
    """Whether JSON can hold it, and it equals what JSON holds and nothing else."""
    if type(value) in (str, bool, int) or value is None:
        return True
    return type(value) is float and math.isfinite(value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_plain(item) for item in value)
    if value is None:
        return True
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, (str, int, float)) and type(value).__eq__ in _BUILTIN_EQUALITY
