"""A file system has free space."""

from __future__ import annotations

from confcontract.checks.check import Check, is_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Unpack

    from confcontract.checks.check import Common

_UNITS = {"": 1, "B": 1} | {
    unit: base**power
    for power, letter in enumerate("KMGT", start=1)
    for unit, base in ((f"{letter}B", 1000), (f"{letter}IB", 1024))
}


class Disk(Check):
    """A file system has free space for what the application writes.

    target: a variable that holds a path on it, or a literal path. free: the minimum that must be free for this user:
    bytes, "500MB", "2GiB", or "10%" of the file system. Raises ValueError.
    """

    __slots__ = ("free",)
    kind = "disk"
    words = "the file system of {target} has {free:bytes} free"
    members = ("free",)
    shared = False

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


def _amount(free: object) -> int | str | None:
    """Bytes, or a text that ends in %; None for anything else."""
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
