"""Necessary forms of values whose type CEL can't parse: a date has a digit, a URL begins with its scheme.

They accept more than boot does, never less.
"""

from __future__ import annotations

from confcontract.platforms.admission.cel_text import any_of
from confcontract.platforms.admission.value_expressions import PLAIN, matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_OF_TIME = ("date", "datetime", "time", "timedelta")
_URLS = ("multi-host-url", "url")
_SCHEME = "[a-z][a-z0-9+.-]*"
_UUID = "(?:[0-9a-fA-F]-?){32}"


def necessary(schema: Mapping[str, Any], value: str) -> str | None:
    """An expression that is true of everything that such a schema of the validator accepts; None if none is known."""
    kind = schema["type"]
    if kind in _OF_TIME:
        return matches(value, "[0-9]")
    if kind == "uuid":
        return matches(value, _UUID)
    if kind in _URLS:
        schemes = schema.get("allowed_schemes") or ()
        begins = "|".join(each.replace("+", "[+]").replace(".", "[.]") for each in schemes) or _SCHEME
        return any_of((f"!{matches(value, PLAIN)}", matches(f"{value}.trim().lowerAscii()", f"^(?:{begins}):")))
    return None
