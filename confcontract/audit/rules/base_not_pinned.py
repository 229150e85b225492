"""BASE_NOT_PINNED."""

from __future__ import annotations

import re
from collections.abc import Iterator

from confcontract.attestation.build_facts import BASE_DIGEST_LABEL, BASE_LABEL
from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import WARNING
from confcontract.image.verified import is_digest

_FROM = re.compile(r"\bFROM\s+\S+@(sha\d+:[0-9a-f]+)\b")


def find(image: AuditedImage) -> Iterator[Offence]:
    labels = image.image.labels
    name = labels.get(BASE_LABEL, "")
    digests = [labels.get(BASE_DIGEST_LABEL), name.rpartition("@")[2]]
    digests += [digest for text in image.notes for digest in _FROM.findall(text)]
    if any(map(is_digest, digests)):
        return
    named = "by a tag only" if name else "nowhere in labels and history"
    yield Offence("FROM", f"the image that this one was built on is named {named}, and by no digest")


RULE = AuditRule(
    "BASE_NOT_PINNED",
    WARNING,
    "Neither labels nor history name the base image by digest.",
    "Write FROM IMAGE:TAG@sha256:..., and the label org.opencontainers.image.base.name or base.digest with it.",
    find,
)
