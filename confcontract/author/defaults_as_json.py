"""A default as the application sees it, in the JSON form of the contract."""

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
from typing import Any, TypeAlias

import pydantic_core
from pydantic import AnyUrl, BaseModel, RootModel
from pydantic.types import Secret
from pydantic_core import MultiHostUrl, Url
from pydantic_settings import BaseSettings

from confcontract.author.beyond_json import NotBakeable, Special
from confcontract.author.field_notes import notes_of
from confcontract.author.field_secrecy import seen_in
from confcontract.contract.credentials import holds_credentials
from confcontract.contract.secretnames import is_secret_member


class SecretDefault(ValueError):
    """A default holds a secret. The message contains its place, never its value."""


class SecretByName(SecretDefault):
    """It is text in a mapping, under a key that suggests a secret. The author may declare that it is not one."""


LeftOut: TypeAlias = list[tuple[str, ...]]

MAX_BITS = 4096  # Python itself refuses to parse or print integers of more than 4,300 digits

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


def project(value: Any, left_out: LeftOut | None = None, *, cleared: bool = False) -> Any:
    """`value` as JSON data: models by field name, enums by value, sets in a fixed order.

    left_out: receives the paths of secret members of models, which are then left out. Raises SecretDefault if a secret
    or a URL with a password occurs elsewhere in it, NotBakeable if the value has no form as data.
    cleared: the author declares that a value with a secret-like name is not a secret.
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
            raise NotBakeable("text that is not Unicode") from None
        return str(value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, Secret) or _has(value, "get_secret_value"):
        if value.get_secret_value() in ("", b""):
            return ""  # an empty value has nothing to keep secret
        raise SecretDefault("a secret")
    if isinstance(value, (Url, MultiHostUrl, AnyUrl)) or _has(value, "unicode_string"):
        return project(str(value))
    if isinstance(value, _AS_STRING):
        return project(str(value))
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return in_days(pydantic_core.to_jsonable_python(value))
    return _composite(value, left_out, cleared)


_YEARS = re.compile(r"(-?P)([0-9]+)Y(?:([0-9]+)D)?(.*)")


def in_days(text: str) -> str:
    """P3650D, as an author writes it, instead of pydantic's P10Y, whose years have 365 days."""
    found = _YEARS.fullmatch(text)
    if found is None:
        return text
    sign, years, days, rest = found.groups()
    return f"{sign}{int(years) * 365 + int(days or 0)}D{rest}"


def _has(value: Any, method: str) -> bool:
    """Whether an object has a method; a class that has one does not count."""
    return not isinstance(value, type) and hasattr(value, method)


def _number(value: int | float) -> Any:
    if isinstance(value, int):
        if value.bit_length() > MAX_BITS:
            raise NotBakeable("a number of thousands of digits")
        return int(value)
    return float(value) if math.isfinite(value) else Special("float", str(value))


def _composite(value: Any, left_out: LeftOut | None, cleared: bool) -> Any:
    if isinstance(value, RootModel):
        return project(value.root, cleared=cleared)
    if isinstance(value, BaseSettings):
        # it holds values from the environment of this process
        raise NotBakeable("an instance of a settings class")
    if isinstance(value, BaseModel):
        members = {name: getattr(value, name) for name in type(value).model_fields}
        return {**_members(value, members, left_out), **project(value.model_extra or {}, cleared=cleared)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        members = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return _members(value, members, left_out)
    if isinstance(value, Mapping):
        return {_key(key): _under(_key(key), item, cleared) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((project(item) for item in value), key=_sort_key)
    if isinstance(value, bytes):
        try:
            return project(value.decode())
        except UnicodeDecodeError:
            raise NotBakeable("bytes that are not UTF-8") from None
    if isinstance(value, (list, tuple)) or type(value).__name__ == "deque":
        return [project(item, cleared=cleared) for item in value]
    if isinstance(value, re.Pattern):
        return project(value.pattern)
    raise NotBakeable(f"a value of type {type(value).__qualname__}")


def _members(value: Any, members: Mapping[str, Any], left_out: LeftOut | None) -> dict[str, Any]:
    """The members of a model, without the secret ones."""
    projected = {}
    for name, member in members.items():
        inner: LeftOut | None = None if left_out is None else []
        try:
            if member not in _NOTHING and notes_of(type(value), name).secret:
                raise SecretDefault("a secret")
            projected[name] = _member(type(value), name, member, inner)
        except SecretDefault:
            if left_out is None:
                raise
            left_out.append((name,))
        else:
            if left_out is not None:
                left_out.extend((name, *path) for path in inner or ())
    return projected


def _member(cls: type, name: str, member: Any, left_out: LeftOut | None) -> Any:
    try:
        return project(member, left_out)
    except SecretByName:
        if not seen_in(cls, name).cleared:
            raise
        return project(member, left_out, cleared=True)


def _under(key: str, item: Any, cleared: bool) -> Any:
    """The value of a mapping at a key."""
    if isinstance(item, (str, bytes)) and item and not cleared and is_secret_member(key):
        raise SecretByName("a secret")
    return project(item, cleared=cleared)


_NOTHING: tuple[Any, ...] = (None, "")  # not a secret even in a secret field


def _key(key: Any) -> str:
    projected = project(key)
    if isinstance(projected, str):
        return projected
    return str(pydantic_core.to_jsonable_python({key: None}).popitem()[0])


def _sort_key(item: Any) -> str:
    return json.dumps(item, sort_keys=True, default=lambda special: special.data)
