"""WORLD_WRITABLE."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.audit.files_of_layer import by_layer
from confcontract.findings.severity import ERROR
from confcontract.image.entry import EntryKind
from confcontract.image.layer_walk import WalkedEntry


def picks(walked: WalkedEntry) -> bool:
    entry = walked.entry
    sticky = entry.kind is EntryKind.DIRECTORY and entry.mode & stat.S_ISVTX
    looked_at = entry.kind in (EntryKind.FILE, EntryKind.DIRECTORY)
    return walked.visible and looked_at and bool(entry.mode & stat.S_IWOTH) and not sticky


def find(image: AuditedImage) -> Iterator[Offence]:
    return by_layer(
        image.picked["WORLD_WRITABLE"],
        lambda _: "is writable by every user of the container",
        lambda number: f"has {number} files and directories that every user of the container can write",
    )


RULE = AuditRule(
    "WORLD_WRITABLE",
    ERROR,
    "A file, or a directory without the sticky bit, is writable by everyone.",
    "Take the write permission away (chmod o-w) in the instruction that adds it.",
    find,
    picks,
)
