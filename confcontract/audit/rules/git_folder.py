"""GIT_FOLDER."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR
from confcontract.image.entry import EntryKind
from confcontract.image.layer_walk import WalkedEntry

_REPOSITORIES = (".git", ".hg", ".svn")
_REMOVES = (EntryKind.WHITEOUT, EntryKind.OPAQUE)


def picks(walked: WalkedEntry) -> bool:
    path = walked.entry.path
    return walked.entry.kind not in _REMOVES and ("/." in path or path.startswith(".")) and _folder(path) is not None


def find(image: AuditedImage) -> Iterator[Offence]:
    seen: dict[str, Offence] = {}
    for each in image.picked["GIT_FOLDER"]:
        folder = _folder(each.path) or each.path
        gone = "" if each.visible else ", which a later layer removes: it is still in its own layer"
        seen.setdefault(folder, Offence(f"/{folder}", f"is a repository with its whole history{gone}", each.layer))
    yield from seen.values()


def _folder(path: str) -> str | None:
    parts = path.split("/")
    at = next((number for number, part in enumerate(parts) if part in _REPOSITORIES), None)
    return None if at is None else "/".join(parts[: at + 1])


RULE = AuditRule(
    "GIT_FOLDER",
    ERROR,
    "A repository (.git) was copied into a layer, and with it everything ever committed.",
    "Add it to .dockerignore, and build again without the old layers.",
    find,
    picks,
)
