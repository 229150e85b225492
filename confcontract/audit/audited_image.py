"""The input of the rules, gathered beforehand: the configuration, the contract, and the results of one walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from confcontract.audit.lock_file import LockFile
from confcontract.audit.secret_values import SecretValues
from confcontract.audit.value_search.needles import Occurrence
from confcontract.contract.artifact import Contract
from confcontract.image.entry import EntryKind, Image
from confcontract.image.installed_packages import InstalledPackage, InstalledSoftware


@dataclass(frozen=True, slots=True)
class PickedEntry:
    """An entry of a layer that a rule looks at. layer: from 0 for the oldest. visible: whether a container sees it."""

    path: str
    kind: EntryKind
    mode: int
    size: int
    layer: int
    visible: bool


@dataclass(frozen=True, slots=True)
class ValueInLayer:
    """A value found in a layer. path: of the file; within: the path within archives, "" for the file itself."""

    occurrence: Occurrence
    path: str
    within: str
    layer: int
    visible: bool


@dataclass(frozen=True, slots=True)
class PatternMatch:
    """Text that a scanner takes for a secret. path: "" for the configuration of the image. layer: None if the scanner
    does not report it."""

    scanner: str
    kind: str
    path: str
    layer: int | None


@dataclass
class AuditedImage:
    """contract: None if no contract can be read; contract_fault: the reason. secrets: the contract's secret variables,
    and the known values. users: of the image, name → number, from /etc/passwd. lock: the lock file, if it is known.
    picked: by the id of a rule. in_text: returns the values that occur in a text."""

    image: Image
    contract: Contract | None = None
    contract_fault: str = ""
    secrets: SecretValues = field(default_factory=SecretValues)
    software: InstalledSoftware = field(default_factory=lambda: InstalledSoftware((), {}))
    users: Mapping[str, str] = field(default_factory=dict)
    lock: LockFile | None = None
    picked: Mapping[str, Sequence[PickedEntry]] = field(default_factory=dict)
    values: Sequence[ValueInLayer] = ()
    patterns: Sequence[PatternMatch] = ()
    in_text: Callable[[str], Iterable[Occurrence]] = lambda _: ()

    @property
    def installed(self) -> list[InstalledPackage]:
        """The packages that the application runs with: those beside confcontract; all, if it is not installed as a
        package."""
        return self.software.beside("confcontract") or list(self.software.packages)

    @property
    def notes(self) -> list[str]:
        """All texts of the history: instructions, comments, authors."""
        return [text for each in self.history_entries for text in each.values() if isinstance(text, str)]

    @property
    def history_entries(self) -> list[Mapping[str, Any]]:
        """The entries in the order of the configuration, oldest first."""
        found = self.image.config.get("history")
        return [each for each in (found if isinstance(found, list) else []) if isinstance(each, dict)]

    @property
    def history(self) -> list[tuple[str, bool]]:
        """The instructions of the history, and whether each made a layer."""
        return [
            (str(each.get("created_by") or ""), each.get("empty_layer") is not True) for each in self.history_entries
        ]

    def words(self, name: str) -> list[str]:
        """The words of one of the image's commands: `Entrypoint`, `Cmd`, `Healthcheck`."""
        return self.image.words(name)
