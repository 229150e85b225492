"""A program ends with exit code 0."""

from __future__ import annotations

from confcontract.checks.check import Check, is_text, items
from confcontract.contract.credentials import holds_credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Unpack

    from confcontract.checks.check import Common


class Command(Check):
    """A program ends with exit code 0; it gets the application's environment without its secrets.

    argv: the program and its arguments, without a shell. name: by default the variable's or the program's name. target:
    the variable that it looks at, if any. The value, secret or not, arrives on standard input; if the variable is not
    set, the check is skipped. Raises ValueError.
    """

    __slots__ = ("argv",)
    kind = "command"
    words = "the command {argv:command line} succeeds"
    members = ("argv",)
    shared = False
    target_is_input = True

    def __init__(
        self, argv: Sequence[str], *, name: str | None = None, target: str | None = None, **common: Unpack[Common]
    ) -> None:
        words: list[Any] = items(argv) or [None]
        super().__init__(name, target, **common)
        listed = is_text(words[0]) and all(isinstance(word, str) for word in words)
        self._require(listed, 'argv is a list of texts, such as ["pg_isready", "-q"]')
        self._require(not any("\0" in word for word in words), "an argument holds a NUL")
        self._require(not any(map(holds_credentials, words)), "credentials are never baked, and argv holds one")
        self.argv: list[str] = words

    def _own_name(self) -> str:
        return self.argv[0].rpartition("/")[2]
