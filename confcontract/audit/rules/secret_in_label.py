"""SECRET_IN_LABEL."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.audit.instructions import assignments
from confcontract.contract.secretnames import as_variable
from confcontract.findings.severity import ERROR


def find(image: AuditedImage) -> Iterator[Offence]:
    for label, value in image.image.labels.items():
        if image.secrets.variable(as_variable(label), value):
            yield Offence(label, "is a label with the name of a secret variable, and has a value")
        elif any(image.secrets.variable(name, text) for name, text in assignments(value)):
            yield Offence(label, "is a label whose text sets a secret variable")


RULE = AuditRule(
    "SECRET_IN_LABEL",
    ERROR,
    "A label contains the value of a variable that the contract declares secret.",
    "Remove the label and replace the secret: anyone who can pull or list images can read labels.",
    find,
)
