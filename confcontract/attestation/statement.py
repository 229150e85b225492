"""An in-toto Statement v1: a predicate about an image.

Format: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from confcontract.attestation.attestation_kinds import STATEMENT_TYPE, AttestationKind
from confcontract.image.referrers import as_json


@dataclass(frozen=True, slots=True)
class ImageSubject:
    """name: of the image, without a tag. digest: of its manifest; an archive of docker save has none, so that of its
    configuration."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Statement:
    """digests: of its subjects, as `sha256:...`."""

    kind: AttestationKind
    digests: tuple[str, ...]
    predicate: Mapping[str, Any]


def statement_bytes(kind: AttestationKind, subject: ImageSubject, predicate: Mapping[str, Any]) -> bytes:
    algorithm, _, value = subject.digest.partition(":")
    return as_json(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": subject.name, "digest": {algorithm: value}}],
            "predicateType": kind.value,
            "predicate": dict(predicate),
        }
    )


def parse_statement(content: bytes) -> Statement | None:
    """Returns None if the predicate has a type that we do not read. Raises ValueError for a malformed statement."""
    try:
        data = json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(data, dict) or data.get("_type") != STATEMENT_TYPE:
        raise ValueError(f"its _type is not {STATEMENT_TYPE}")
    subjects, predicate = data.get("subject"), data.get("predicate")
    if not isinstance(subjects, list) or not all(isinstance(each, dict) for each in subjects):
        raise ValueError("it has no list of subjects")
    try:
        kind = AttestationKind(data.get("predicateType"))
    except ValueError:
        return None
    if not isinstance(predicate, dict):
        raise ValueError("its predicate is not an object")
    digests = [each["digest"] for each in subjects if isinstance(each.get("digest"), dict)]
    return Statement(kind, tuple(f"{name}:{value}" for each in digests for name, value in each.items()), predicate)
