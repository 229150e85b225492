"""What is known of pydantic's own functions and wrappers: what boot may use in their place.

A core schema names Python functions. Those of pydantic itself are recognised here, by module and
qualified name; all others are the application's, and deferred.
"""

from __future__ import annotations

import functools
import inspect
import ipaddress
import operator
from typing import Any

from pydantic import BaseModel, ByteSize

from confcontract.author.beyond_json import Special

IDENTITY = object()

_IDENTITY_NAMES = {
    "Secret.__get_pydantic_core_schema__.<locals>.<lambda>",
    "Secret.__get_pydantic_core_schema__.<locals>.validate_secret_value",
    "_BaseUrl.__get_pydantic_core_schema__.<locals>.wrap_val",
    "_BaseMultiHostUrl.__get_pydantic_core_schema__.<locals>.wrap_val",
    "sequence_validator",
    "defaultdict_validator",
}


class Replacement:
    """A named coercion of confcontract.contract.coercions in the place of one of pydantic's functions."""

    def __init__(self, name: str, *arguments: Any, mode: str = "function-after", **notes: Any) -> None:
        self.special = Special("function", [name, list(arguments)])
        self.mode = mode
        self.notes = notes


def replacement(schema: dict[str, Any], function: Any) -> Any:
    """IDENTITY, a Replacement, or None if the function is the application's."""
    delimiter = schema.get("metadata", {}).get("confcontract_separated")
    if delimiter is not None:
        return Replacement("separated", delimiter, mode="function-before", separated=delimiter)
    bare = function.func if isinstance(function, functools.partial) else function
    if isinstance(bare, operator.attrgetter) and schema["schema"]["type"] == "enum":
        return IDENTITY  # use_enum_values: the document holds the value in any case
    if not (getattr(bare, "__module__", None) or "").startswith(("pydantic.", "ipaddress")):
        return None
    name = getattr(bare, "__qualname__", "")
    if name in ("SecretStr", "SecretBytes") or name in _IDENTITY_NAMES:
        return IDENTITY
    if name == "GenerateSchema._path_schema.<locals>.path_validator":
        return Replacement("path", format="path") if schema["schema"]["type"] == "str" else None
    if name == "ByteSize._validate":
        return Replacement("byteSize", dict(sorted(ByteSize.byte_sizes.items())), format="size")
    if name in ("min_length_validator", "max_length_validator") and _has_length(schema["schema"]):
        bounds = function.keywords
        return Replacement("length", bounds.get("min_length"), bounds.get("max_length"), length=bounds)
    if name in ("pattern_either_validator", "pattern_str_validator"):
        return Replacement("regex", format="regex")
    return _ip_replacement(bare, name)


def _ip_replacement(function: Any, name: str) -> Any:
    for kind in ("address", "network", "interface"):
        if name == f"IPvAny{kind.capitalize()}._validate":
            return Replacement("ip", 0, kind, format="ip")
        for version in (4, 6):
            cls = getattr(ipaddress, f"IPv{version}{kind.capitalize()}")
            if function is cls or name == f"ip_v{version}_{kind}_validator":
                return Replacement("ip", version, kind, format="ip")
    return None


def _has_length(inner: dict[str, Any]) -> bool:
    """Secrets and URLs answer to len(); for other wrapped types pydantic itself fails."""
    if inner["type"] in ("lax-or-strict", "json-or-python"):
        serializer = inner.get("serialization") or inner.get("lax_schema", {}).get("serialization") or {}
        return getattr(serializer.get("function"), "__name__", "") in ("_serialize_secret_field", "_serialize_secret")
    if inner["type"] == "function-after" and isinstance(inner["function"]["function"], functools.partial):
        return _has_length(inner["schema"])
    return inner["type"] == "function-wrap" and inner["schema"]["type"] in ("url", "multi-host-url")


def is_own_post_init(cls: type[BaseModel]) -> bool:
    """pydantic's own set-up of private attributes, rather than a hook of the application."""
    function: Any = inspect.unwrap(cls.model_post_init)
    if function is BaseModel.model_post_init:
        return True
    return str(getattr(function, "__module__", "")).startswith("pydantic.")
