"""ENV_FILE."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR
from confcontract.image.entry import EntryKind
from confcontract.image.layer_walk import WalkedEntry

_NAME = ".env"
_EXAMPLES = (".example", ".sample", ".template", ".dist")


def picks(walked: WalkedEntry) -> bool:
    name = walked.entry.path.rpartition("/")[2]
    if walked.entry.kind not in (EntryKind.FILE, EntryKind.HARDLINK, EntryKind.SYMLINK):
        return False
    return (name == _NAME or name.startswith(f"{_NAME}.")) and not name.endswith(_EXAMPLES)


def find(image: AuditedImage) -> Iterator[Offence]:
    for each in image.picked["ENV_FILE"]:
        gone = "" if each.visible else ", which a later layer removes or replaces: it is still in its own layer"
        yield Offence(f"/{each.path}", f"is an env file{gone}", each.layer)


RULE = AuditRule(
    "ENV_FILE",
    ERROR,
    "An env file (.env) was copied into a layer.",
    "Add it to .dockerignore, build again without the old layers, and replace the secrets in it.",
    find,
    picks,
)
