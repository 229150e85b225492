"""The contract of an image as a predicate: schemas/contract-attestation-v1.schema.json."""

from __future__ import annotations

from typing import Any

from confcontract.contract.from_image import ContractInImage
from confcontract.image.verified import digest_of_bytes


def contract_predicate(found: ContractInImage) -> dict[str, Any]:
    contract = found.contract
    return {
        "name": contract.name,
        "version": contract.version,
        "digest": contract.digest,
        "path": found.path,
        "file": {"sha256": digest_of_bytes(contract.to_bytes()).removeprefix("sha256:")},
        "contract": dict(contract.data),
    }
