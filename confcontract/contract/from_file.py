"""A contract from a file."""

from __future__ import annotations

from confcontract.contract.artifact import Contract


def load(reference: str) -> Contract:
    """reference: the path. Raises ContractUnusable."""
    return Contract.load(reference)
