"""PACKAGE_CACHE."""

from __future__ import annotations

import re
from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import WARNING
from confcontract.image.entry import EntryKind
from confcontract.image.layer_walk import WalkedEntry

_CACHES = re.compile(
    r"(?P<folder>(?:(?:root|home/[^/]+)/\.cache/(?:pip|uv|pypoetry|pdm|pip-tools)|(?:root|home/[^/]+)/\.npm/_cacache"
    r"|var/cache/(?:apk|dnf|yum|zypp)|var/cache/apt/archives|var/lib/apt/lists|var/cache/apt(?=/\w+\.bin$)"
    r"|lib/apk/db/cache|tmp/pip-[^/]+))/.+"
)
_BEGINNINGS = ("root/", "home/", "var/", "tmp/", "lib/")
_KEPT = ("lock", "partial")  # empty files that belong to packages of the distribution


def picks(walked: WalkedEntry) -> bool:
    entry = walked.entry
    if not entry.path.startswith(_BEGINNINGS) or entry.kind is not EntryKind.FILE or not entry.size:
        return False
    return bool(_CACHES.fullmatch(entry.path)) and entry.path.rpartition("/")[2] not in _KEPT


def find(image: AuditedImage) -> Iterator[Offence]:
    folders: dict[tuple[str, int], list[int]] = {}
    seen: dict[tuple[str, int], bool] = {}
    for each in image.picked["PACKAGE_CACHE"]:
        matched = _CACHES.fullmatch(each.path)
        key = (matched["folder"] if matched else each.path, each.layer)
        folders.setdefault(key, []).append(each.size)
        seen[key] = seen.get(key, False) or each.visible
    for (folder, layer), sizes in folders.items():
        gone = "" if seen[folder, layer] else ", which a later layer removes: they are still in their own layer"
        what = f"is a cache of a package manager: {len(sizes)} files, {sum(sizes):,} bytes{gone}"
        yield Offence(f"/{folder}", what, layer)


RULE = AuditRule(
    "PACKAGE_CACHE",
    WARNING,
    "A layer holds the cache of a package manager.",
    "Install with --no-cache-dir or a cache mount, and remove lists in the instruction that fetched them.",
    find,
    picks,
)
