"""What boot can use instead of pydantic's own functions in a core schema; the application's functions are deferred."""

from __future__ import annotations

import functools
from typing import Any

from confcontract.author.beyond_json import Special
from confcontract.author.pydantic_private.core_functions import Does, byte_units, is_secret_core, own_function

IDENTITY = object()


class Replacement:
    """A named coercion of confcontract.contract.coercions that replaces one of pydantic's functions."""

    def __init__(self, name: str, *arguments: Any, mode: str = "function-after", **notes: Any) -> None:
        self.special = Special("function", [name, list(arguments)])
        self.mode = mode
        self.notes = notes


def replacement(schema: dict[str, Any], function: Any) -> Any:
    """IDENTITY, a Replacement, or None if the function is the application's, or has no replacement."""
    delimiter = schema.get("metadata", {}).get("confcontract_separated")
    if delimiter is not None:
        return Replacement("separated", delimiter, mode="function-before", separated=delimiter)
    own = own_function(function)
    if own is None:
        return None
    if own.does in (Does.WRAPS_SECRET, Does.WRAPS_URL, Does.KEEPS_CONTAINER):
        return IDENTITY
    if own.does is Does.TAKES_VALUE:
        return IDENTITY if schema["schema"]["type"] == "enum" else None  # the document contains the value in any case
    if own.does is Does.MAKES_PATH:
        return Replacement("path", format="path") if schema["schema"]["type"] == "str" else None
    if own.does is Does.MAKES_SIZE:
        return Replacement("byteSize", byte_units(), format="size")
    if own.does is Does.LIMITS_LENGTH and _has_length(schema["schema"]):
        bounds = function.keywords
        return Replacement("length", bounds.get("min_length"), bounds.get("max_length"), length=bounds)
    if own.does is Does.MAKES_PATTERN:
        return Replacement("regex", format="regex")
    return Replacement("ip", own.version, own.word, format="ip") if own.does is Does.MAKES_ADDRESS else None


def _has_length(inner: dict[str, Any]) -> bool:
    """Secrets and URLs support len(); for other wrapped types pydantic itself fails."""
    if inner["type"] in ("lax-or-strict", "json-or-python"):
        return is_secret_core(inner)
    if inner["type"] == "function-after" and isinstance(inner["function"]["function"], functools.partial):
        return _has_length(inner["schema"])
    return inner["type"] == "function-wrap" and inner["schema"]["type"] in ("url", "multi-host-url")
