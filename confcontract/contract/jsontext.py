"""`json.loads` for text, by the C scanner inside it: importing the package `json` costs 6 ms, with `re` in it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_SPACE = " \t\n\r"
_scan: Callable[[str, int], tuple[Any, int]] | None = None


class _Settings:
    """What `json.JSONDecoder()` hands to its scanner."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"-Infinity": float("-inf"), "Infinity": float("inf"), "NaN": float("nan")}.__getitem__


def loads(text: str) -> Any:
    """The value of a JSON text. Raises what `json.loads` raises: JSONDecodeError, other ValueErrors, RecursionError."""
    global _scan
    try:
        if _scan is None:
            from _json import make_scanner

            _scan = make_scanner(_Settings)  # type: ignore[arg-type]
        stripped = text.strip(_SPACE)
        value, end = _scan(stripped, 0)
        if end == len(stripped):
            return value
    except Exception:  # noqa: S110 - whatever is wrong, json.loads says it in its own words
        pass
    import json

    return json.loads(text)


def dumps(data: Any) -> str:
    """`json.dumps` as `contract.canonical` calls it: sorted keys, no white space, text as it is, no NaN."""
    try:
        from _json import encode_basestring, make_encoder

        return "".join(make_encoder(None, _refuse, encode_basestring, None, ":", ",", True, False, False)(data, 0))
    except ImportError:  # another Python may have another one
        import json

        return json.dumps(data, separators=(",", ":"), sort_keys=True, ensure_ascii=False, allow_nan=False)


def _refuse(data: object) -> None:
    raise TypeError(type(data).__name__)


def for_people(value: Any) -> str:
    """Any value as JSON: what JSON does not know is text in it."""
    import json

    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError):  # a date as a key, as YAML has them; a number that Python writes no digits of
        return json.dumps(_legible(value), ensure_ascii=False, default=str)


_LONGEST = 10_000  # bits; Python writes 4300 digits at most


def _legible(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(_legible(key)): _legible(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_legible(each) for each in value]
    return hex(value) if isinstance(value, int) and value.bit_length() > _LONGEST else value


_DEEPEST = 200  # levels; pydantic_core writes 255


def as_json_data(value: Any) -> Any:
    """A settings document as JSON data. What JSON can't hold, and only a setting of any type has, is as near to it as
    can be: U+FFFD for bytes and halves of characters that are not text, "…" for what is nested more deeply."""
    from confcontract.contract.engine import to_jsonable_python

    try:
        return to_jsonable_python(value)
    except ValueError:
        return to_jsonable_python(_near(value, 0))


def _near(value: Any, depth: int) -> Any:
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not isinstance(value, (dict, list, tuple, set, frozenset)):
        return value
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {_near(key, depth + 1): _near(each, depth + 1) for key, each in value.items()}
    return [_near(each, depth + 1) for each in value]
