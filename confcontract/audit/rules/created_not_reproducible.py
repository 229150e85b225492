"""CREATED_NOT_REPRODUCIBLE."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import WARNING

_FIXED = (0.0, 1.0, 315532800.0)  # written by builders without a clock: 1970, and 1980 for zip archives


def find(image: AuditedImage) -> Iterator[Offence]:
    created = _seconds(image.image.config.get("created"))
    if created is None or created in _FIXED or image.contract is None:
        return
    provenance = image.contract.data.get("provenance")
    baked = _seconds(provenance.get("buildTime")) if isinstance(provenance, dict) else None
    if baked is None:
        yield Offence("created", "is the time of the build, since the contract names no SOURCE_DATE_EPOCH")
    elif baked != created:
        yield Offence("created", "is another time than the SOURCE_DATE_EPOCH that the contract was baked with")


def _seconds(text: object) -> float | None:
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


RULE = AuditRule(
    "CREATED_NOT_REPRODUCIBLE",
    WARNING,
    "The image's date of creation is not the SOURCE_DATE_EPOCH with which its contract was baked.",
    "Build with SOURCE_DATE_EPOCH as the date, for the builder and for bake: 'docker buildx build --build-arg "
    "SOURCE_DATE_EPOCH=...', 'buildah build --timestamp'.",
    find,
)
