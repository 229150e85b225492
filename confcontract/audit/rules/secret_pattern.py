"""SECRET_PATTERN."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import REVIEW


def find(image: AuditedImage) -> Iterator[Offence]:
    for each in image.patterns:
        about = f"/{each.path.lstrip('/')}" if each.path else "configuration"
        yield Offence(about, f"{each.scanner} reports in it: {each.kind}", each.layer, part=each.kind)


RULE = AuditRule(
    "SECRET_PATTERN",
    REVIEW,
    "A scanner that knows many forms of credentials reports one in the image.",
    "Check the file. Remove and replace a real secret; approve a false alarm, such as a test key.",
    find,
)
