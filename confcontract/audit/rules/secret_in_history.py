"""SECRET_IN_HISTORY."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.audit.instructions import InstructionKind, assignments, kind_of
from confcontract.contract.secretnames import as_variable
from confcontract.findings.severity import ERROR

_COMMANDS = {
    InstructionKind.CMD: "Cmd",
    InstructionKind.ENTRYPOINT: "Entrypoint",
    InstructionKind.HEALTHCHECK: "Healthcheck",
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
            known = as_variable(name) if kind is InstructionKind.LABEL else name
            if image.secrets.variable(known, value) and not _still_there(image, kind, name, value):
                found.setdefault(name, layer if made_layer else None)
    for name, number in found.items():
        yield Offence(name, "is a secret, and an instruction of the history sets it", number)


def _still_there(image: AuditedImage, kind: InstructionKind, name: str, value: str) -> bool:
    """Whether the image still has the value, so that another rule reports it."""
    if kind is InstructionKind.LABEL:
        return _may_be(value, image.image.labels.get(name, ""))
    if kind is InstructionKind.ENV:
        pairs = (each.partition("=") for each in image.image.variables)
        return any(variable == name and _may_be(value, text) for variable, _, text in pairs)
    return kind in _COMMANDS and any((name, value) in assignments(word) for word in image.words(_COMMANDS[kind]))


def _may_be(value: str, whole: str) -> bool:
    """Whether this can be a value of the history. There a value without quotes appears to end at its first blank."""
    return whole == value or whole[: len(value) + 1].rstrip() == value


RULE = AuditRule(
    "SECRET_IN_HISTORY",
    ERROR,
    "An instruction in the history sets a variable that the contract declares secret.",
    "Use RUN --mount=type=secret, build again without the old layers, and replace the secret.",
    find,
)
