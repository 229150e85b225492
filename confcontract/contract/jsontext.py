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
