"""Artifacts attached to an image: their manifests name it as their `subject`.

Formats: OCI image specification 1.1 (artifact manifests), OCI distribution specification 1.1 ("Listing Referrers", and
the tag `sha256-...` for registries without that API).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from confcontract.image.manifests import DOCUMENT_BYTES, MANIFESTS, BlobSource, described
from confcontract.image.verified import VerifiedStream, digest_of_bytes, json_object, whole

EMPTY = b"{}"
EMPTY_TYPE = "application/vnd.oci.empty.v1+json"
_MOST_LAYERS = 100  # per artifact
_MOST_ARTIFACTS = 1000  # per image
_MOST_BYTES = 256 * 1024 * 1024  # read per image, in total

Descriptor = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Artifact:
    """kind: its media type, also that of its only layer. annotations: of its manifest, and of its descriptors."""

    kind: str
    content: bytes = field(repr=False)
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AttachedLayer:
    """kind: the media type. artifact: the digest of the manifest that names it."""

    kind: str
    content: bytes = field(repr=False)
    artifact: str


class ArtifactStore(Protocol):
    """Stores artifacts with images, by the digest of the image's manifest. Raises ImageFault."""

    def attached(self, digest: str, kinds: Sequence[str], limit: int) -> list[AttachedLayer]:
        """Returns the layers of these media types, each at most `limit` bytes."""

    def attach(self, digest: str, artifacts: Sequence[Artifact]) -> list[str]:
        """Stores artifacts in addition to the existing ones. Returns the digests of their manifests."""


def descriptor(kind: str, content: bytes, **more: Any) -> dict[str, Any]:
    return {"mediaType": kind, "digest": digest_of_bytes(content), "size": len(content), **more}


def as_json(data: Any) -> bytes:
    """Encodes the same data to the same bytes, and so to the same digest."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def artifact_manifest(artifact: Artifact, subject: Descriptor) -> bytes:
    """subject: the descriptor of the image's manifest."""
    layer = descriptor(artifact.kind, artifact.content, annotations=dict(artifact.annotations))
    return as_json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFESTS[0],
            "artifactType": artifact.kind,
            "config": descriptor(EMPTY_TYPE, EMPTY),
            "layers": [layer],
            "subject": dict(subject),
            "annotations": dict(artifact.annotations),
        }
    )


def listed_artifact(artifact: Artifact, manifest: bytes) -> dict[str, Any]:
    """The descriptor of an artifact in a list of referrers."""
    return descriptor(MANIFESTS[0], manifest, artifactType=artifact.kind, annotations=dict(artifact.annotations))


def attached_layers(
    source: BlobSource, listed: Sequence[Descriptor], digest: str, kinds: Sequence[str], limit: int
) -> list[AttachedLayer]:
    """listed: descriptors of artifacts. Those of other images and of other kinds are skipped."""
    found: list[AttachedLayer] = []
    left = _MOST_BYTES
    for entry in listed[:_MOST_ARTIFACTS]:
        if entry.get("artifactType") not in kinds:
            continue
        name, size = described(entry, "an artifact beside the image")
        what = f"the artifact {name[:19]}..."
        stream = VerifiedStream(source.document(name), name, size, what)
        manifest = json_object(whole(stream, DOCUMENT_BYTES, what), what)
        subject, layers = manifest.get("subject"), manifest.get("layers")
        if not isinstance(subject, dict) or subject.get("digest") != digest:
            continue
        for layer in layers[:_MOST_LAYERS] if isinstance(layers, list) else ():
            if isinstance(layer, dict) and layer.get("mediaType") in kinds:
                blob, length = described(layer, what)
                content = whole(VerifiedStream(source.blob(blob), blob, length, what), min(limit, left), what)
                left -= len(content)
                found.append(AttachedLayer(str(layer["mediaType"]), content, name))
    return found


def descriptors_of(index: Mapping[str, Any]) -> list[Descriptor]:
    """The descriptors in an index. Malformed ones are skipped."""
    listed = index.get("manifests")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
