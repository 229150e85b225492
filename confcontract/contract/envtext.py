"""A typed value, from JSON or a config file, as the text of an environment variable."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class ValueUnusable(Exception):
    """The words say why a value can't become an environment variable; they never show it."""


class Number(str):
    """A number as it was written: `1.10` must not become `1.1`, and 2**70 must not become a float."""

    __slots__ = ()


class OddInteger(int):
    """A whole number in an unusual notation: in YAML `010` is 8, and `1:30` is 90."""

    written = ""


class Truth(str):
    """True or false in YAML's notation. `no` is also a country code; as a whole value it is kept as text."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return self.lower() in ("yes", "on", "true")


def as_text(value: object, kind: str, *, nested: bool = False) -> object:
    """A value of a config file as its variable accepts it. A text variable gets the text as it is written. A duration
    given in seconds gets the form of a duration, because its bare text would be refused. Other values are unchanged.

    kind: the variable's type, from the contract. nested: whether the value is inside JSON, where types are kept.

    Raises ValueUnusable.
    """
    if isinstance(value, (dict, list)) or value is None:
        return value
    if kind == "string":
        return value.written if isinstance(value, OddInteger) else to_text(value)
    if kind == "duration" and not nested and (isinstance(value, Number) or type(value) in (int, float)):
        text = to_text(value)
        return f"-PT{text[1:]}S" if text.startswith("-") else f"PT{text}S"
    return value


def as_typed(value: object, of: Mapping[str, Any], *, nested: bool = False) -> object:
    """`as_text` applied to the items of lists and mappings too, as far as the type declares them.

    of: a type, from the contract. Raises ValueUnusable.
    """
    if isinstance(value, list) and "items" in of:
        return [as_typed(item, of["items"], nested=True) for item in value]
    if isinstance(value, list) and len(value) == len(of.get("prefixItems", ())):
        return [as_typed(item, each, nested=True) for item, each in zip(value, of["prefixItems"], strict=True)]
    if isinstance(value, dict) and "values" in of:
        return {key: as_typed(item, of["values"], nested=True) for key, item in value.items()}
    return as_text(value, of["kind"], nested=nested)


def to_text(value: object) -> str:
    """The string for the environment: text byte for byte, true and false, a number as written, a date or time in ISO
    8601 form, anything else as compact JSON.

    Raises ValueUnusable.
    """
    if value is None:
        raise ValueUnusable("it is null; store a value, or remove the key")
    try:
        text = str(value) if isinstance(value, str) else _iso(value) or _compact(value)
    except TypeError:  # YAML's !!binary
        raise ValueUnusable("it is binary; store it as text, as in base64") from None
    except RecursionError:
        raise ValueUnusable("it is nested too deeply") from None
    except ValueError:  # 0xfff… in TOML: Python reads such numbers, but refuses to write more than 4300 digits
        raise ValueUnusable("it is a number with too many digits") from None
    if "\0" in text:
        raise ValueUnusable("it contains a NUL byte, which no environment variable can hold; encode it, as in base64")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueUnusable("it is not valid Unicode text") from None
    return text


def _compact(value: object) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, Truth):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quote(_key(key))}:{_compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, set)):
        return "[" + ",".join(map(_compact, value)) + "]"
    return _quote(_iso(value) or value)


def _key(key: object) -> str:
    return key if isinstance(key, str) else _iso(key) or _compact(key)


def _iso(value: object) -> str:
    """A date or a time, as in TOML and YAML; "" for anything else."""
    return value.isoformat() if hasattr(value, "isoformat") else ""


def _quote(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return int.__repr__(value)  # also for a subclass
    import json

    return json.dumps(value, ensure_ascii=False)
