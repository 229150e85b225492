"""SECRET_VALUE_IN_CONFIG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR


def find(image: AuditedImage) -> Iterator[Offence]:
    seen = set()
    for where, text in _texts(image):
        for each in image.in_text(text):
            if (each.variable, where) not in seen:
                seen.add((each.variable, where))
                yield Offence(each.variable, f"has a value that is in {where} of the image, {each.form.value}")


def _texts(image: AuditedImage) -> Iterator[tuple[str, str]]:
    for each in image.image.variables:
        yield f"the variable {each.partition('=')[0]}", each
    for name, value in image.image.labels.items():
        yield f"the label {name}", f"{name}={value}"
    for number, (instruction, _) in enumerate(image.history, 1):
        yield f"instruction {number} of the history", instruction
    yield from _of_history(image.history_entries)
    for where, name, value in image.image.annotations:
        yield f"the annotation {name} of {where}", f"{name}={value}"
    settings = {key: value for key, value in image.image.settings.items() if key not in ("Env", "Labels")}
    for key, value in settings.items():
        for text in _leaves(value):
            yield f"{key}", text
    for key, value in image.image.config.items():
        if key not in ("config", "history", "rootfs"):
            for text in _leaves(value):
                yield f"{key}", text


def _of_history(entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for number, entry in enumerate(entries, 1):
        for key in ("author", "comment"):
            for text in _leaves(entry.get(key)):
                yield f"the {key} of entry {number} of the history", text


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)


RULE = AuditRule(
    "SECRET_VALUE_IN_CONFIG",
    ERROR,
    "The current value of a secret is in the image's configuration or in an annotation.",
    "Remove it, build again without the old layers, and replace the secret: everyone who could pull the image has it.",
    find,
)
