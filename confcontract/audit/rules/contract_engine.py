"""CONTRACT_ENGINE."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR

_ENGINE = "pydantic-core"


def find(image: AuditedImage) -> Iterator[Offence]:
    if image.contract is None:
        return
    baked = str(image.contract.compiled["pydanticCore"])
    installed = sorted({each.version for each in image.installed if each.normalized == _ENGINE})
    if not installed:
        yield Offence("pydantic_core", f"is not in the image, and the contract was baked for {baked}")
    elif installed != [baked]:
        yield Offence("pydantic_core", f"{' and '.join(installed)} is in the image; the contract was baked for {baked}")


RULE = AuditRule(
    "CONTRACT_ENGINE",
    ERROR,
    "The contract was baked for another release of pydantic_core than the one in the image.",
    "Bake in the image's own build, after everything is installed: boot refuses such a contract.",
    find,
)
