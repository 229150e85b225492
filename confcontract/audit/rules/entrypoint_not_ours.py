"""ENTRYPOINT_NOT_OURS."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR


def find(image: AuditedImage) -> Iterator[Offence]:
    if boots(image.words("Entrypoint")):
        return
    if boots(image.words("Cmd")):
        yield Offence("ENTRYPOINT", "boots nothing: confcontract boot is the command, which a platform replaces")
    else:
        yield Offence("ENTRYPOINT", "does not run confcontract boot: the environment is not validated")


def boots(words: list[str]) -> bool:
    """Whether they run `confcontract boot`, by itself, by Python, below an init, or in a line for a shell."""
    flat = [part for word in words for part in word.split()]
    pairs = pairwise(flat)
    return any(one.rpartition("/")[2] == "confcontract" and two == "boot" for one, two in pairs)


RULE = AuditRule(
    "ENTRYPOINT_NOT_OURS",
    ERROR,
    "The entry point of the image does not run confcontract boot.",
    'Write ENTRYPOINT ["python", "-I", "-m", "confcontract", "boot", "--"], and the application as CMD.',
    find,
)
