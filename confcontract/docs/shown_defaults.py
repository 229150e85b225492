"""Defaults in the form in which they may be shown."""

from __future__ import annotations

from typing import NamedTuple

from confcontract.verdict.mask import MASK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

NOT_SET = "not set"
COMPUTED = "computed at each start"
OF_MEMBERS = "the defaults of its members"
HIDDEN = "not shown"
IN_CODE = "in the application's code, not shown"
_NOTHING: tuple[object, ...] = ("", [], {})


class Default(NamedTuple):
    """text: the text to show, or None. is_text: whether an env file can set this default. note: shown instead of a
    text.
    """

    text: str | None
    is_text: bool
    note: str


class Defaults:
    """mask: removes passwords from a text. The user name of a URL without a password is shown, as in the contract."""

    def __init__(self, mask: Callable[[str], str]) -> None:
        self._mask = mask

    def of(self, variable: Mapping[str, Any], *, hidden: bool, section: bool) -> Default:
        """The default of a variable. Contracts that bake writes hold no secret defaults; a secret one is never shown in
        any case.

        hidden: it is a secret, or may be one. section: it has members of its own, which show it better than JSON.
        """
        if variable.get("computed"):
            return Default(None, False, COMPUTED)
        if "defaultInCode" in variable:
            return Default(None, False, OF_MEMBERS if section else IN_CODE)
        if "default" not in variable and "defaultText" not in variable:
            return Default(None, False, "")
        value = variable.get("default", variable.get("defaultText"))
        if value is None:
            return Default(None, False, NOT_SET)
        if section and "defaultText" not in variable:  # the members of a named tuple have no defaults of their own
            return Default(None, False, OF_MEMBERS)
        if hidden and value not in _NOTHING:
            return Default(None, False, HIDDEN)
        written = str(variable["defaultText"]) if "defaultText" in variable else None
        text = written if written is not None else _json(value)
        strict = bool(variable.get("credentials"))
        shown = self._masked(value, strict)
        if shown == value and self._mask(text) == text:
            return Default(text, written is not None, "")
        return Default(
            shown if isinstance(shown, str) else self._mask(_json(shown)), False, "its password is not shown"
        )

    def _masked(self, value: Any, strict: bool) -> Any:
        """strict: the value is a URL; a value that does not look like one may be just the password."""
        if isinstance(value, str):
            return MASK if strict and value and "://" not in value else self._mask(value)
        if isinstance(value, list):
            return [self._masked(item, strict) for item in value]
        if isinstance(value, dict):
            return {self._mask(key): self._masked(item, strict) for key, item in value.items()}
        return value


def _json(value: Any) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
