"""SECRET_IN_COMMAND."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.audit.instructions import assignments
from confcontract.contract.secretnames import as_variable
from confcontract.findings.severity import ERROR

_WHERE = {"Entrypoint": "the entry point", "Cmd": "the command", "Healthcheck": "the health check"}


def find(image: AuditedImage) -> Iterator[Offence]:
    for command, where in _WHERE.items():
        for name in dict.fromkeys(_names(image, image.words(command))):
            yield Offence(name, f"is a secret, and {where} gives it a value")


def _names(image: AuditedImage, words: list[str]) -> Iterator[str]:
    for word, following in pairwise([*words, ""]):
        for name, value in assignments(word.lstrip("-")):
            if variable := image.secrets.variable(as_variable(name), value):
                yield variable
        option = re.fullmatch(r"--?([A-Za-z][\w-]*)(?:=(.+))?", word, re.DOTALL)
        if option:
            value = option[2] or ("" if following.startswith(("-", "$")) else following)
            if variable := image.secrets.variable(as_variable(option[1]), value):
                yield variable


RULE = AuditRule(
    "SECRET_IN_COMMAND",
    ERROR,
    "The entry point, the command or the health check sets a variable that the contract declares secret.",
    "Remove it and replace the secret: every process on the machine and the registry can see arguments.",
    find,
)
