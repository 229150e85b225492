"""Checks whether a text from a file has the shape of our records. Anyone can compute the mark of a line, so the text
itself is checked.

Faults are located by their place, and never quote the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from confcontract.fleet.service_record import ServiceRecord


def fault_in(text: str) -> str:
    """The reason why it is not the record of a service, in words; "" if it is one."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return "it is not JSON"
    return _fault(data, ServiceRecord, "")


def _fault(value: Any, wanted: Any, at: str) -> str:
    origin = get_origin(wanted)
    if origin is UnionType:  # X | None
        return "" if value is None else _fault(value, get_args(wanted)[0], at)
    if origin is tuple:
        return _of_list(value, get_args(wanted)[0], at)
    if origin is Mapping:
        if not isinstance(value, dict):
            return _not(at, "a mapping")
        return _first(_fault(inner, get_args(wanted)[1], f"a member of {at}") for inner in value.values())
    if is_dataclass(wanted):
        return _of_object(value, wanted, at)
    if issubclass(wanted, Enum):
        is_one = isinstance(value, str) and value in [each.value for each in wanted]
        return "" if is_one else _not(at, f"a {wanted.__name__}")
    return "" if type(value) is wanted else _not(at, "text" if wanted is str else "true or false")


def _of_list(value: Any, wanted: Any, at: str) -> str:
    if not isinstance(value, list):
        return _not(at, "a list")
    return _first(_fault(inner, wanted, f"{at}[{number}]") for number, inner in enumerate(value))


def _of_object(value: Any, wanted: Any, at: str) -> str:
    if not isinstance(value, dict):
        return _not(at, "a mapping")
    within = f"{at}." if at else ""
    hints = _hints_of(wanted)
    names = [each.name for each in fields(wanted)]
    if value.keys() - set(names):
        return f"{at or 'it'} has a key that no record has"
    missing = [name for name in names if name not in value]
    if missing:
        return f"{within}{missing[0]} is missing"
    return _first(_fault(value[name], hints[name], f"{within}{name}") for name in names)


@cache
def _hints_of(wanted: Any) -> Mapping[str, Any]:
    return get_type_hints(wanted)


def _first(faults: Iterable[str]) -> str:
    return next((each for each in faults if each), "")


def _not(at: str, what: str) -> str:
    return f"{at or 'it'} is not {what}"
