"""`json.loads` for text, through its C scanner: importing the package `json`, which imports `re`, costs 6 ms."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_SPACE = " \t\n\r"
_scan: Callable[[str, int], tuple[Any, int]] | None = None


class _Settings:
    """The settings that `json.JSONDecoder()` passes to its scanner."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"-Infinity": float("-inf"), "Infinity": float("inf"), "NaN": float("nan")}.__getitem__


def loads(text: str) -> Any:
    """The value of a JSON text. Raises the same as `json.loads`: JSONDecodeError, other ValueErrors, RecursionError."""
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
    except ImportError:  # another Python implementation may differ
        import json

        return json.dumps(data, separators=(",", ":"), sort_keys=True, ensure_ascii=False, allow_nan=False)


def _refuse(data: object) -> None:
    raise TypeError(type(data).__name__)


def for_people(value: Any) -> str:
    """Any value as JSON; a type that JSON lacks becomes text."""
    import json

    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError):  # a date as a key, as in YAML; a number too long for Python to write
        return json.dumps(_legible(value), ensure_ascii=False, default=str)


_LONGEST = 10_000  # bits; Python writes at most 4300 digits


def _legible(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(_legible(key)): _legible(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_legible(each) for each in value]
    return hex(value) if isinstance(value, int) and value.bit_length() > _LONGEST else value


_DEEPEST = 200  # levels; pydantic_core writes 255


def as_json_data(value: Any) -> Any:
    """A settings document as JSON data. Values that JSON can't hold, which occur only in a setting of any type, are
    approximated: U+FFFD for bytes and lone surrogates that are not text, "…" for anything nested too deeply."""
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
