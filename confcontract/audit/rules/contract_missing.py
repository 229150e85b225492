"""CONTRACT_MISSING."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR


def find(image: AuditedImage) -> Iterator[Offence]:
    if image.contract is None:
        yield Offence("", image.contract_fault)


RULE = AuditRule(
    "CONTRACT_MISSING",
    ERROR,
    "The image holds no contract, or one that can't be used: then nothing is known of its secrets either.",
    "Bake the contract when the image is built; 'confcontract init' writes a Dockerfile that does.",
    find,
)
