"""SETUID."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.audit.files_of_layer import by_layer
from confcontract.findings.severity import WARNING
from confcontract.image.entry import EntryKind
from confcontract.image.layer_walk import WalkedEntry

_BITS = stat.S_ISUID | stat.S_ISGID


def picks(walked: WalkedEntry) -> bool:
    """Ignores directories, where setgid gives no privilege."""
    entry = walked.entry
    return walked.visible and entry.kind is EntryKind.FILE and bool(entry.mode & _BITS)


def find(image: AuditedImage) -> Iterator[Offence]:
    return by_layer(
        image.picked["SETUID"],
        lambda each: f"is {_bit(each.mode)}: anyone who runs it gets the rights of its owner or group",
        lambda number: f"has {number} programs with the rights of their owner or group, setuid or setgid",
    )


def _bit(mode: int) -> str:
    return "setuid" if mode & stat.S_ISUID else "setgid"


RULE = AuditRule(
    "SETUID",
    WARNING,
    "A program is setuid or setgid. A distribution's base image has about a dozen, reported as one finding.",
    "Take the bit away (chmod a-s), or run with no-new-privileges (allowPrivilegeEscalation: false).",
    find,
    picks,
)
