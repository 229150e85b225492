"""SECRET_VALUE_IN_LAYER."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR


def find(image: AuditedImage) -> Iterator[Offence]:
    for each in image.values:
        where = f"/{each.path}" + (f", in its member {each.within}" if each.within else "")
        gone = "" if each.visible else "; a later layer removes or replaces the file, which stays in its layer"
        sentence = f"holds the value of {each.occurrence.variable}, {each.occurrence.form.value}{gone}"
        yield Offence(where, sentence, each.layer, part=each.occurrence.variable)


RULE = AuditRule(
    "SECRET_VALUE_IN_LAYER",
    ERROR,
    "The current value of a secret is in a file of a layer, its name or its attributes, even where a later layer "
    "removes it.",
    "Keep the file out of the build (.dockerignore, RUN --mount=type=secret), build again without the old layers, and "
    "replace the secret: everyone who could pull the image has it.",
    find,
)
