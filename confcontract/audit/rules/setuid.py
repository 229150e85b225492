"""SETUID."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import WARNING
from confcontract.image.entry import EntryKind
from confcontract.image.layer_walk import WalkedEntry

_BITS = stat.S_ISUID | stat.S_ISGID


def picks(walked: WalkedEntry) -> bool:
    """On a directory, setgid gives no privilege."""
    entry = walked.entry
    return walked.visible and entry.kind is EntryKind.FILE and bool(entry.mode & _BITS)


def find(image: AuditedImage) -> Iterator[Offence]:
    for each in image.picked["SETUID"]:
        bit = "setuid" if each.mode & stat.S_ISUID else "setgid"
        yield Offence(f"/{each.path}", f"is {bit}: whoever runs it gets the rights of its owner or group", each.layer)


RULE = AuditRule(
    "SETUID",
    WARNING,
    "A program is setuid or setgid. Base images of distributions bring a dozen.",
    "Take the bit away (chmod a-s), or run with no-new-privileges (allowPrivilegeEscalation: false).",
    find,
    picks,
)
