"""A function of the application succeeds."""

from __future__ import annotations

from confcontract.checks.check import Check, is_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Unpack

    from confcontract.checks.check import Common


class Python(Check):
    """A function of the application neither raises nor returns False. It runs in a process of its own.

    function: "module:function"; it takes no argument, or the value of the target as text. If it returns a text, reports
    show the text as the finding. name: by default the variable's or the function's name. target: a variable. Raises
    ValueError.
    """

    __slots__ = ("function",)
    kind = "python"
    words = "{function} says so"
    members = ("function",)
    shared = False
    target_is_input = True

    def __init__(
        self, function: str, *, name: str | None = None, target: str | None = None, **common: Unpack[Common]
    ) -> None:
        module, colon, path = function.partition(":") if is_text(function) else ("", "", "")
        super().__init__(name, target, **common)
        names = [*module.split("."), *path.split(".")]
        self._require(bool(colon) and all(word.isidentifier() for word in names), 'function is not a "module:function"')
        self.function = function

    def _own_name(self) -> str:
        return self.function.partition(":")[2]
