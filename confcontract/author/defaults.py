"""A default, as an application sees it, in the JSON form that a contract holds."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import ipaddress
import json
import math
import pathlib
import re
import uuid
from collections.abc import Mapping
from typing import Any

import pydantic_core
from pydantic import AnyUrl, BaseModel, RootModel
from pydantic.types import Secret
from pydantic_core import MultiHostUrl, Url
from pydantic_settings import BaseSettings

from confcontract.author.fields import notes_of
from confcontract.author.special import NotBakeable, Special
from confcontract.credentials import holds_credentials


class SecretDefault(ValueError):
    """A default holds a secret. The message says where, never what."""


MAX_BITS = 4096  # Python itself refuses to write or read integers of more than 4,300 digits

_AS_STRING = (
    pathlib.PurePath,
    uuid.UUID,
    decimal.Decimal,
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Network,
    ipaddress.IPv4Interface,
    ipaddress.IPv6Interface,
    complex,
)


def project(value: Any) -> Any:
    """`value` as JSON data: models by field name, enums by value, sets in a fixed order.

    Raises SecretDefault where a secret or a URL with a password occurs in it, NotBakeable where
    the value has no form as data.
    """
    if isinstance(value, enum.Enum):
        return project(value.value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if holds_credentials(value):
            raise SecretDefault("a password")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotBakeable("text that is no Unicode") from None
        return str(value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, Secret) or type(value).__name__ in ("SecretStr", "SecretBytes"):
        raise SecretDefault("a secret")
    if isinstance(value, (Url, MultiHostUrl, AnyUrl)) or hasattr(value, "unicode_string"):
        return project(str(value))
    if isinstance(value, _AS_STRING):
        return project(str(value))
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return pydantic_core.to_jsonable_python(value)
    return _composite(value)


def _number(value: int | float) -> Any:
    if isinstance(value, int):
        if value.bit_length() > MAX_BITS:
            raise NotBakeable("a number of thousands of digits")
        return int(value)
    return float(value) if math.isfinite(value) else Special("float", str(value))


def _composite(value: Any) -> Any:
    if isinstance(value, RootModel):
        return project(value.root)
    if isinstance(value, BaseSettings):
        # it holds what the environment of this process gave it
        raise NotBakeable("an instance of a settings class")
    if isinstance(value, BaseModel):
        _refuse_marked(value, list(type(value).model_fields))
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return project({**fields, **(value.model_extra or {})})
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        _refuse_marked(value, [field.name for field in dataclasses.fields(value)])
        return {field.name: project(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): project(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((project(item) for item in value), key=_sort_key)
    if isinstance(value, bytes):
        try:
            return project(value.decode())
        except UnicodeDecodeError:
            raise NotBakeable("bytes that are no UTF-8") from None
    if isinstance(value, (list, tuple)) or type(value).__name__ == "deque":
        return [project(item) for item in value]
    if isinstance(value, re.Pattern):
        return project(value.pattern)
    raise NotBakeable(f"a value of type {type(value).__qualname__}")


def _refuse_marked(value: Any, names: list[str]) -> None:
    """A field that is marked as secret may only be None in a default."""
    for name in names:
        if getattr(value, name, None) is not None and notes_of(type(value), name).secret:
            raise SecretDefault("a secret")


def _key(key: Any) -> str:
    projected = project(key)
    if isinstance(projected, str):
        return projected
    return str(pydantic_core.to_jsonable_python({key: None}).popitem()[0])


def _sort_key(item: Any) -> str:
    return json.dumps(item, sort_keys=True, default=lambda special: special.data)
