"""ENTRYPOINT_SHELL."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR, WARNING

_SHELLS = ("sh", "bash", "dash", "ash", "busybox")


def find(image: AuditedImage) -> Iterator[Offence]:
    if _is_line(image.words("Entrypoint")):
        yield Offence("ENTRYPOINT", "is a shell command line: the shell is process 1 and does not forward signals")
    command = image.words("Cmd")
    if _is_line(command) and not command[-1].lstrip().startswith("exec "):
        what = "is a shell command line: the application runs as the shell's child and gets no signals"
        yield Offence("CMD", what, severity=WARNING)


def _is_line(words: list[str]) -> bool:
    return len(words) > 1 and words[0].rpartition("/")[2] in _SHELLS and words[1].startswith("-") and "c" in words[1]


RULE = AuditRule(
    "ENTRYPOINT_SHELL",
    ERROR,
    "The entry point is a line for a shell (an error), or the command is one that does not begin with exec "
    "(a warning).",
    'Write it as a list: ENTRYPOINT ["python", "-I", "-m", "confcontract", "boot", "--"].',
    find,
)
