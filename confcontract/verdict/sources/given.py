"""The places of the settings document that one value fills, and the keys that lead to them."""

from __future__ import annotations

from confcontract.contract.jsontext import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.verdict.sources.origin import Entry
    from confcontract.verdict.sources.places import Place


class Given:
    """The places that one value fills. ways: for each field that reads the value, the keys that lead to it, and their
    starting place.

    own: the value as a JSON object; None for any other value. listed: as a JSON list. places: all places that it fills.
    """

    __slots__ = ("entry", "listed", "own", "places", "ways")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.own: dict[str, Any] | None = None
        self.listed: list[Any] | None = None
        self.ways: list[tuple[tuple[str, ...], list[Any], Place]] = []
        self.places: set[Place] = set()


def key_of(field: Mapping[str, Any], name: str, program: Mapping[str, Any], whole: set[Any]) -> str:
    """The key for a field's value, given by a name or by a part of it. All names of the field share one key, because
    the application reads them into one value. The exception is a name whose value is only a part.

    whole: the keys whose value is the whole field.
    """
    delimiter = program["delimiter"]
    names = [(str(key), own, not in_parts or key in whole) for key, own, in_parts in field["names"]]
    for key, own, is_whole in names:
        if name == own or (delimiter and name.startswith(own + delimiter)):
            return next(first for first, _, also in names if also) if is_whole else key
    return names[0][0]


def astray(field: Mapping[str, Any], data: Mapping[str, Any]) -> str | None:
    """The key under which a value was stored although its class does not look there; usually None. Before 2.16
    pydantic-settings looks up each part of an alias path as a name, and stores the value under the last."""
    strays = field.get("strays", ())
    if not strays or field["name"] in data or any(key in data for key, _, _ in field["names"]):
        return None
    return next((str(key) for key, _, _ in strays if key in data), None)


def read_as(field: Mapping[str, Any], key: str, data: Mapping[str, Any]) -> str:
    """The key of a field's value in the data, which may be another one of its names; see `Reader.read`."""
    return key if key in data else next((str(other) for other, _, _ in field["names"] if other in data), key)


def nested(keys: tuple[str, ...], value: Any) -> Any:
    for key in reversed(keys):
        value = {key: value}
    return value


def within(data: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = data.get(key, next((item for other, item in data.items() if other.lower() == key.lower()), None))
    return data


def object_of(text: str) -> dict[str, Any] | None:
    try:
        value = loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def wrapped(given: Given, keys: tuple[str, ...]) -> Any:
    return nested(keys, given.own if given.own is not None else given.listed or ())
