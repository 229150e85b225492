"""The tags that cosign reads in a registry: attestations under `sha256-....att`, the image's signature under `.sig`.

Formats: https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md and ATTESTATION_SPEC.md
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from confcontract.attestation.attestation_kinds import ENVELOPE_MEDIA, AttestationKind
from confcontract.attestation.signing_keys import SigningKey
from confcontract.image.referrers import as_json, descriptor
from confcontract.image.registry_referrers import RegistryArtifacts, fallback_tag, tagged_manifest

SIGNING_MEDIA = "application/vnd.dev.cosign.simplesigning.v1+json"
SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature"
_MOST = 1000


def signed_claim(repository: str, digest: str) -> bytes:
    """The signed payload for an image: containers-signature(5), as cosign writes it. repository: HOST/REPO."""
    critical = {
        "identity": {"docker-reference": repository},
        "image": {"docker-manifest-digest": digest},
        "type": "cosign container image signature",
    }
    return as_json({"critical": critical, "optional": None})


def put_cosign_tags(
    registry: RegistryArtifacts,
    repository: str,
    digest: str,
    envelopes: Sequence[tuple[AttestationKind, bytes]],
    key: SigningKey,
) -> None:
    """Adds to the existing content of these tags. Raises ImageFault."""
    claim = signed_claim(repository, digest)
    signature = base64.b64encode(key.sign(claim)).decode()
    signed = descriptor(SIGNING_MEDIA, claim, annotations={SIGNATURE_ANNOTATION: signature})
    _put(registry, fallback_tag(digest, ".sig"), [signed], [claim])
    attested = [
        descriptor(ENVELOPE_MEDIA, content, annotations={SIGNATURE_ANNOTATION: "", "predicateType": kind.value})
        for kind, content in envelopes
    ]
    _put(registry, fallback_tag(digest, ".att"), attested, [content for _, content in envelopes])


def _put(registry: RegistryArtifacts, tag: str, layers: list[dict[str, Any]], blobs: list[bytes]) -> None:
    there = registry.tagged(tag)
    listed = there.get("layers") if there else []
    kept = [each for each in listed if isinstance(each, dict)][:_MOST] if isinstance(listed, list) else []
    new = [each for each in layers if each not in kept]
    if not new:
        return
    together = [*kept, *new]
    config = {
        "architecture": "",
        "os": "",
        "created": "0001-01-01T00:00:00Z",
        "config": {},
        "history": [{"created": "0001-01-01T00:00:00Z"} for _ in together],
        "rootfs": {"type": "layers", "diff_ids": [each.get("digest") for each in together]},
    }
    manifest, text = tagged_manifest(config, together)
    registry.put_tagged(tag, manifest, [*blobs, text])
