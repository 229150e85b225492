"""Checks of what is on this container's own file systems."""

from __future__ import annotations

from confcontract.checks.check import Check, is_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Unpack

    from confcontract.checks.check import Common

REQUIREMENTS = ("exists", "readable", "writable", "private")
_UNITS = {"": 1, "B": 1} | {
    unit: base**power
    for power, letter in enumerate("KMGT", start=1)
    for unit, base in ((f"{letter}B", 1000), (f"{letter}IB", 1024))
}


class File(Check):
    """A file or directory is there, and can be read or written by the user that boots.

    target: a variable that holds a path, or a literal one. require: any of "exists", "readable", "writable", and
    "private": other users have no permission at all. Raises ValueError.
    """

    __slots__ = ("require",)
    kind = "file"

    def __init__(
        self,
        name: str | None = None,
        target: str | None = None,
        *,
        require: Sequence[str] = ("exists",),
        **common: Unpack[Common],
    ) -> None:
        super().__init__(name, target, **common)
        self.require = self._some(require, "require", REQUIREMENTS)
        self._require(bool(self.require), f"require is empty: name some of {', '.join(REQUIREMENTS)}")

    def _parameters(self) -> dict[str, Any]:
        return {"require": self.require}


class Disk(Check):
    """A file system has room for what the application writes.

    target: a variable that holds a path on it, or a literal one. free: the least that must be free for this user:
    bytes, "500MB", "2GiB", or "10%" of the file system. Raises ValueError.
    """

    __slots__ = ("free",)
    kind = "disk"

    def __init__(
        self,
        name: str | None = None,
        target: str | None = None,
        *,
        free: int | str = "100MB",
        **common: Unpack[Common],
    ) -> None:
        super().__init__(name, target, **common)
        amount = _amount(free)
        self._require(amount is not None, 'free is bytes, or a text such as "500MB", "2GiB" or "10%"')
        self.free = amount

    def _parameters(self) -> dict[str, Any]:
        return {"free": self.free}


def _amount(free: object) -> int | str | None:
    """Bytes, or a text that ends in %; None for what is neither."""
    if is_number(free):
        return free if isinstance(free, int) and free > 0 else None
    if not isinstance(free, str):
        return None
    text = free.replace(" ", "").upper()
    digits = text.rstrip("%BIKMGT")
    unit = text[len(digits) :]
    try:
        number = float(digits)
    except ValueError:
        return None
    if not 0 < number < 1e15:
        return None
    if unit == "%":
        return f"{number:g}%" if number <= 100 else None
    return int(number * _UNITS[unit]) if unit in _UNITS else None
