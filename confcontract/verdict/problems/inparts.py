"""Messages about a mapping that is given by its parts, SHOP_SHARDS__A=1: about its size, its keys, its items."""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.verdict.problems.locator import Locator

    Place = tuple[Any, ...]

_TOO_FEW, _TOO_MANY = "too_short", "too_long"
_OF_KEY = "[key]"  # the end of pydantic's location if a key is wrong rather than its value
_TOLD = 3  # this many names are reported one by one


def takes_parts(variable: Mapping[str, Any], kind: str, rest: Place, locator: Locator) -> bool:
    """Whether parts are at a valid place. kind: pydantic's type of the error. rest: the location within the variable,
    or the member of a union that was tried."""
    if kind in (_TOO_FEW, _TOO_MANY):
        return True
    return bool(variable.get("open")) and not locator.is_in_part(variable, rest)


def size_hint(
    variable: Mapping[str, Any], kind: str, rest: Place, written: Sequence[str], locator: Locator
) -> str | None:
    """What to do about too few or too many parts; None for any other error."""
    head = locator.head_of_parts(variable, rest, written[0])
    told = " and ".join(written[:_TOLD]) + (f" and {len(written) - _TOLD} more" if len(written) > _TOLD else "")
    if kind == _TOO_FEW:
        return f"set another {head}... beside {told}"
    if kind == _TOO_MANY:
        return f"remove one of {told}" if len(written) > 1 else f"remove {told}"
    return None


def lacking_hint(variable: Mapping[str, Any], place: Place, written: Sequence[str], locator: Locator) -> str | None:
    """What to do if a part of a mapping lacks a member; None if the part is not given by names of its own."""
    head = locator.head_of_parts(variable, place, written[0]) if written else None
    return f"set it too, by a name that begins with {head}, beside {written[0]}" if head else None


def wrong_key(rest: Place) -> tuple[Any, Place] | None:
    """The wrong key, and the place of its mapping in the variable; None if the fault is not a key."""
    return (rest[-2], rest[:-2]) if len(rest) > 1 and rest[-1] == _OF_KEY else None


def key_words(variable: Mapping[str, Any], key: Any, place: Place, name: str | None, locator: Locator) -> str:
    """Which key is wrong: by its own name, and by the variable that it belongs to."""
    if name is not None and not locator.is_name_of(variable, name):
        return f"the key {str(key)!r}, in the name {name}"
    if is_hidden(variable):
        return "a key"
    inside = f" at {'.'.join(map(str, place))}" if place else ""
    return f"the key {str(key)!r}{inside}"


def key_hint(variable: Mapping[str, Any], name: str | None, locator: Locator) -> str:
    if name is not None and not locator.is_name_of(variable, name):
        return f"rename {name}: what follows {locator.head_of_parts(variable, (), name)} is the key"
    return "correct the key"
