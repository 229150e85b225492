"""A typed value, of JSON or of a config file, as the text that an environment holds."""

from __future__ import annotations


class ValueUnusable(Exception):
    """The words say why a value can't become an environment variable; they never show it."""


class Number(str):
    """A number as it was written: `1.10` must not become `1.1`, and 2**70 must not become a float."""

    __slots__ = ()


class Truth(str):
    """True or false as YAML has it: `no` is the country as well, and stands for itself where it stands alone."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return self.lower() in ("yes", "on", "true")


def to_text(value: object) -> str:
    """The string for the environment: text byte for byte, true and false, a number as written, a date and a time in
    the form of ISO 8601, else compact JSON.

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
    """A date or a time, as TOML and YAML have them; "" for anything else."""
    return value.isoformat() if hasattr(value, "isoformat") else ""


def _quote(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)
