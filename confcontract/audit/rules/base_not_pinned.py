"""BASE_NOT_PINNED."""

from __future__ import annotations

import re
from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import WARNING
from confcontract.image.verified import is_digest

_DIGEST = "org.opencontainers.image.base.digest"
_NAME = "org.opencontainers.image.base.name"
_IN_NAME = re.compile(r"@sha256:[0-9a-f]{64}$")
_FROM = re.compile(r"\bFROM\s+\S+@sha256:[0-9a-f]{64}\b")


def find(image: AuditedImage) -> Iterator[Offence]:
    labels = image.image.labels
    history = image.image.config.get("history")
    notes = [repr(each) for each in history] if isinstance(history, list) else []
    if is_digest(labels.get(_DIGEST)) or _IN_NAME.search(labels.get(_NAME, "")) or any(map(_FROM.search, notes)):
        return
    named = "by a tag only" if labels.get(_NAME) else "nowhere in labels and history"
    yield Offence("FROM", f"the image that this one was built on is named {named}, and by no digest")


RULE = AuditRule(
    "BASE_NOT_PINNED",
    WARNING,
    "Neither labels nor history name the base image by its digest.",
    "Write FROM IMAGE:TAG@sha256:..., and the label org.opencontainers.image.base.name or base.digest with it.",
    find,
)
