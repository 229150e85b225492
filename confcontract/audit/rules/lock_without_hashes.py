"""LOCK_WITHOUT_HASHES."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR


def find(image: AuditedImage) -> Iterator[Offence]:
    lock = image.lock
    if lock is None:
        return
    for name in sorted({*lock.unhashed, *lock.loose}):
        pinned = "has no hash" if name in lock.unhashed else "is not pinned to a release"
        yield Offence(name, f"{pinned} in {lock.path}")


RULE = AuditRule(
    "LOCK_WITHOUT_HASHES",
    ERROR,
    "The lock file has packages without a hash: an index could serve other files for the same release.",
    "Lock with hashes, and install with --require-hashes; 'confcontract init' names the command for your tool.",
    find,
)
