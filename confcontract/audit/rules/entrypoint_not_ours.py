"""ENTRYPOINT_NOT_OURS."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR
from confcontract.manifests.boot_command import boot_arguments


def find(image: AuditedImage) -> Iterator[Offence]:
    if boot_arguments(image.words("Entrypoint")) is not None:
        return
    if boot_arguments(image.words("Cmd")) is not None:
        yield Offence(
            "ENTRYPOINT", "does not start boot: confcontract boot is in the command, which a platform can replace"
        )
    else:
        yield Offence("ENTRYPOINT", "does not run confcontract boot: the environment is not validated")


RULE = AuditRule(
    "ENTRYPOINT_NOT_OURS",
    ERROR,
    "The entry point of the image does not run confcontract boot.",
    'Write ENTRYPOINT ["python", "-I", "-m", "confcontract", "boot", "--"], and the application as CMD.',
    find,
)
