"""A contract from a directory that holds one: the folder that bake wrote to."""

from __future__ import annotations

import os

from confcontract.contract.artifact import Contract
from confcontract.report.errors import ContractUnusable
from confcontract.report.problem import Problem

FILE = "contract.json"


def load(reference: str) -> Contract:
    """reference: the path of the directory. Raises ContractUnusable."""
    path = os.path.join(reference, FILE)
    if not os.path.lexists(path) and os.access(reference, os.X_OK):
        message = f"{reference}: there is no {FILE} in this directory"
        hint = f"name the file, or write one there: confcontract bake MODULE:OBJECT -o {reference}"
        raise ContractUnusable(Problem("contract-unreadable", message, source=reference, hint=hint, source_said=True))
    return Contract.load(path)
