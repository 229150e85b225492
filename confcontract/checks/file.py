"""A file or directory is there."""

from __future__ import annotations

from confcontract.checks.check import Check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from confcontract.checks.check import Common

REQUIREMENTS = ("exists", "readable", "writable", "private")


class File(Check):
    """A file or directory is there, and can be read or written by the user that boots.

    target: a variable that holds a path, or a literal path. require: any of "exists", "readable", "writable", and
    "private": other users have no permission at all. Raises ValueError.
    """

    __slots__ = ("require",)
    kind = "file"
    words = "{target} is {require}"
    members = ("require",)
    shared = False

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
