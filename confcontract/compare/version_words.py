"""What the versions of two contracts are called where they are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confcontract.contract.from_python import UNVERSIONED

if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract


def version_in_words(contract: Contract, unversioned: str = "unversioned") -> str:
    """unversioned: what is said where it has none."""
    return unversioned if contract.version == UNVERSIONED else contract.version
