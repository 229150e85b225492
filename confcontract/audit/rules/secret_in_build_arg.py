"""SECRET_IN_BUILD_ARG."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.audit.instructions import build_arguments
from confcontract.findings.severity import ERROR


def find(image: AuditedImage) -> Iterator[Offence]:
    found: dict[str, bool] = {}
    for instruction, _ in image.history:
        for name, value in build_arguments(instruction):
            if image.secrets.variable(name, value or "given"):
                found[name] = found.get(name, False) or bool(value)
    for name, given in found.items():
        said = "its value is in the image's history" if given else "builders keep its value in history or provenance"
        yield Offence(name, f"is a secret, and an argument of the build: {said}")


RULE = AuditRule(
    "SECRET_IN_BUILD_ARG",
    ERROR,
    "A variable that the contract declares secret is a build argument (ARG).",
    "Use RUN --mount=type=secret where the build needs it; replace the secret if its value was given.",
    find,
)
