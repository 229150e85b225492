"""SECRET_IN_HISTORY."""

from __future__ import annotations

import re
from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.audit.instructions import InstructionKind, assignments, kind_of
from confcontract.findings.severity import ERROR

_IN_CONFIGURATION = {
    InstructionKind.LABEL: "Labels",
    InstructionKind.CMD: "Cmd",
    InstructionKind.ENTRYPOINT: "Entrypoint",
    InstructionKind.HEALTHCHECK: "Healthcheck",
    InstructionKind.ENV: "Env",
}


def find(image: AuditedImage) -> Iterator[Offence]:
    found: dict[str, int | None] = {}
    layer = -1
    for instruction, made_layer in image.history:
        layer += made_layer
        kind = kind_of(instruction)
        if kind is InstructionKind.ARG:
            continue  # SECRET_IN_BUILD_ARG
        for name, value in assignments(instruction):
            known = re.sub(r"[.-]", "_", name) if kind is InstructionKind.LABEL else name
            if image.secrets.variable(known, value) and not _still_there(image, kind, name, value):
                found.setdefault(name, layer if made_layer else None)
    for name, number in found.items():
        yield Offence(name, "is a secret, and an instruction of the history sets it", number)


def _still_there(image: AuditedImage, kind: InstructionKind, name: str, value: str) -> bool:
    """Other rules report it there."""
    if kind is InstructionKind.LABEL and value and image.image.labels.get(name, "").startswith(value):
        return True
    return f"{name}={value}" in repr(image.image.settings.get(_IN_CONFIGURATION.get(kind, "")))


RULE = AuditRule(
    "SECRET_IN_HISTORY",
    ERROR,
    "An instruction of the history sets a variable that the contract calls secret.",
    "Use RUN --mount=type=secret, build again without the old layers, and replace the secret.",
    find,
)
