"""The artifact: load, dump, digest. Every step after bake reads only this file."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from typing import Any

    from confcontract.contract.artifact_file import Unread
    from confcontract.contract.image_defaults import ImageDefaults
    from confcontract.report.problem import Problem

DEFAULT_PATH = "/etc/confcontract/contract.json"


def is_hidden(variable: Mapping[str, Any]) -> bool:
    """Whether the value of a variable is never shown: it is a secret, or may be one (by its name, or because its type
    is opaque). Bake decides that, in author/field_secrecy.py."""
    return bool(variable.get("secret")) or "masked" in variable


class Contract:
    """What an image accepts and needs, as data."""

    __slots__ = ("_data", "_unread", "backtracks", "image", "prepared", "warnings")

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._unread: Unread | None = None
        self.backtracks = False  # whether the plan's patterns use Python's dialect; known for a file
        self.prepared: Any = None  # boot's validator, built only once; see verdict/validator.py
        self.image: ImageDefaults | None = None  # defaults of the image that the contract was read from
        self.warnings: Sequence[Problem] = ()  # notes of bake() about the class; not part of the artifact

    @property
    def data(self) -> Mapping[str, Any]:
        """The parsed document in the format confcontract/v1 (schemas/contract-v1.schema.json). Do not change it.

        Boot uses the properties below instead: "schema" and "variables", two thirds of a contract, are parsed only on
        access, and a successful boot never accesses them. Raises ContractUnusable.
        """
        if self._unread is not None:
            self._data = self._unread.completed(self._data)
            self._unread = None
        return self._data

    @property
    def name(self) -> str:
        return str(self._data["name"])

    @property
    def version(self) -> str:
        return str(self._data["version"])

    @property
    def digest(self) -> str:
        return str(self._data["digest"])

    @property
    def variables(self) -> list[dict[str, Any]]:
        variables: list[dict[str, Any]] = self.data["variables"]
        return variables

    @property
    def compiled(self) -> dict[str, Any]:
        compiled: dict[str, Any] = self._data["compiled"]
        return compiled

    @property
    def checks(self) -> list[dict[str, Any]]:
        checks: list[dict[str, Any]] = self._data["checks"]
        return checks

    @property
    def deliver(self) -> str:
        """How the application gets its secrets: "env", "files" or "memfd"."""
        return str(self._data.get("deliver", "env"))

    @property
    def deferred(self) -> list[dict[str, Any]]:
        deferred: list[dict[str, Any]] = self._data["deferred"]
        return deferred

    @property
    def roles(self) -> dict[str, dict[str, Any]]:
        roles: dict[str, dict[str, Any]] = self._data["roles"]
        return roles

    def to_bytes(self) -> bytes:
        from confcontract.contract.digest import canonical

        return canonical(self.data)

    def dump(self, path: str | PathLike[str]) -> None:
        """Write the whole file or nothing: a reader sees the old contract or the new one.

        Raises OSError if the file can't be written.
        """
        from confcontract.host.writing import write_whole

        write_whole(_text(path), self.to_bytes())

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Contract:
        """Read and check a contract file.

        Raises ContractUnusable (exit 78) if it is missing, unreadable, not a regular file, too large, not JSON, of
        another apiVersion, or does not match its digest.
        """
        from confcontract.contract.artifact_file import read

        where = _text(path)
        return cls.from_bytes(read(where), where)

    @classmethod
    def from_bytes(cls, content: bytes, where: str) -> Contract:
        """Check the content of a contract file. where: its name in messages. Raises ContractUnusable."""
        from confcontract.contract.artifact_file import parse

        data, unread, contains = parse(content, where)
        contract = cls(data)
        contract._unread = unread
        contract.backtracks = b'"python-re"' in contains or b'"pattern",[' in contains
        return contract

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Contract) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Contract {self.name} {self.version} {self.digest[:19]}>"


def _text(path: str | PathLike[str]) -> str:
    import os

    return os.fspath(path)
