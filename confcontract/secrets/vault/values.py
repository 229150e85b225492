"""From the typed JSON that Vault holds to the string that the environment holds."""

from __future__ import annotations


class ValueUnusable(Exception):
    """The words say why a value can't become an environment variable; they never show it."""


class Number(str):
    """A JSON number as the server wrote it: `1.10` must not become `1.1`, and 2**70 must not become a float."""

    __slots__ = ()


def parse(text: str | bytes) -> object:
    """JSON with its numbers left as they are written. Raises ValueError for anything that is no JSON."""
    import json

    try:
        return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def to_text(value: object) -> str:
    """The string for the environment: text byte for byte, true and false, a number as written, else compact JSON.

    Raises ValueUnusable.
    """
    if value is None:
        raise ValueUnusable("it is null; store a value, or remove the key")
    try:
        text = str(value) if isinstance(value, str) else _compact(value)
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
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quote(key)}:{_compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_compact, value)) + "]"
    return _quote(value)


def _quote(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def whole(number: object) -> int:
    """A number of Vault's JSON (see `Number`) as an int; 0 if it is none."""
    try:
        return int(number) if isinstance(number, str) else 0
    except ValueError:
        return 0
