"""The contract of an image as a predicate: schemas/contract-attestation-v1.schema.json."""

from __future__ import annotations

import hashlib
from typing import Any

from confcontract.contract.from_image import ContractInImage


def contract_predicate(found: ContractInImage) -> dict[str, Any]:
    contract = found.contract
    return {
        "name": contract.name,
        "version": contract.version,
        "digest": contract.digest,
        "path": found.path,
        "file": {"sha256": hashlib.sha256(contract.to_bytes()).hexdigest()},
        "contract": dict(contract.data),
    }
