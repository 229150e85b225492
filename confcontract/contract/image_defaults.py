"""The defaults that an image sets for its containers, for a contract that was read from an image."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class ImageDefaults:
    """variables: NAME=value. entrypoint, command: the words of ENTRYPOINT and of CMD."""

    __slots__ = ("command", "entrypoint", "variables")

    def __init__(
        self, variables: Sequence[str] = (), entrypoint: Sequence[str] = (), command: Sequence[str] = ()
    ) -> None:
        self.variables = tuple(variables)
        self.entrypoint = tuple(entrypoint)
        self.command = tuple(command)
