"""SECRET_IN_ENV."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR


def find(image: AuditedImage) -> Iterator[Offence]:
    for each in image.image.variables:
        name, _, value = each.partition("=")
        if image.secrets.variable(name, value):
            yield Offence(name, "is a secret, and the image sets it in its environment")


RULE = AuditRule(
    "SECRET_IN_ENV",
    ERROR,
    "A variable that the contract declares secret has a value in the image's environment.",
    "Take the ENV instruction out, replace the secret, and give it at run time: through a store, a file or the "
    "environment of the container.",
    find,
)
