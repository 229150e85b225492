"""CONTRACT_LABEL."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.contract.from_image import DIGEST_LABEL
from confcontract.findings.severity import ERROR, WARNING


def find(image: AuditedImage) -> Iterator[Offence]:
    said = image.image.labels.get(DIGEST_LABEL)
    if image.contract is None:
        return
    if not said:
        yield Offence(DIGEST_LABEL, "is a label that is missing from the image", severity=WARNING)
    elif said != image.contract.digest:
        yield Offence(DIGEST_LABEL, "is a label that names another contract than the one in the image")


RULE = AuditRule(
    "CONTRACT_LABEL",
    ERROR,
    "The label confcontract.digest does not name the contract in the image (an error), or is missing (a warning).",
    "Build the image again, with the digest of the contract that is baked into it as the label.",
    find,
)
