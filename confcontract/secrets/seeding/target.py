"""The interface of a store that secrets can be written to."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from confcontract.secrets.vault.failure import RequestFailed
else:
    Protocol = object


class Held:
    """What a store has under a name. keys: of a secret that has keys; None if there is no secret, or it has none.

    text: the whole of a secret without keys. version: the version that must still be current when it is written.
    """

    __slots__ = ("keys", "text", "version")

    def __init__(self, version: str, keys: Mapping[str, object] | None = None, text: str | None = None) -> None:
        self.version = version
        self.keys = keys
        self.text = text

    def value(self, key: str) -> object | None:
        """key: "" for the whole. None if it does not exist."""
        return (self.keys or {}).get(key) if key else self.text

    @property
    def is_absent(self) -> bool:
        return self.keys is None and self.text is None

    def __repr__(self) -> str:
        return f"Held(version {self.version or 'none'})"


class SeedTarget(Protocol):
    def look(self, names: Sequence[str]) -> dict[str, Held | RequestFailed]:
        """Read what is stored, including that it is absent."""

    def write(self, name: str, held: Held, changes: Mapping[str, str]) -> RequestFailed | None:
        """Write the changed keys and keep the others ("": the whole), if `held` is still what is stored. None: done."""

    def close(self) -> None: ...
