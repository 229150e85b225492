"""The severity of a finding, and the fingerprint that an approval refers to."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters. REVIEW: the command could not decide, so somebody has to look."""

    ERROR = "error"
    REVIEW = "review"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return ORDER.index(self)

    def reaches(self, threshold: Severity) -> bool:
        return self.rank <= threshold.rank


ORDER = (Severity.ERROR, Severity.REVIEW, Severity.WARNING, Severity.INFO)
ERROR, REVIEW, WARNING, INFO = ORDER
WORDS = {ERROR: ("error", "errors"), REVIEW: ("to review", "to review"), WARNING: ("warning", "warnings")}


def fingerprint(rule: str, path: str, old: str, new: str) -> str:
    """What an approval refers to: the rule and its finding. The wording of the report is not part of it."""
    from confcontract.contract.digest import sha256

    parts = f"{rule}\0{path}\0{old}\0{new}".encode("utf-8", "backslashreplace")
    return sha256(parts).removeprefix("sha256:")[:16]
