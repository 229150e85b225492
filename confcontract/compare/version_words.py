"""The names of the versions of two contracts in a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confcontract.contract.from_python import UNVERSIONED

if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract


def version_in_words(contract: Contract, unversioned: str = "unversioned") -> str:
    """unversioned: the words for a contract without a version."""
    return unversioned if contract.version == UNVERSIONED else contract.version
