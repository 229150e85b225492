"""Artifacts attached to an image in an OCI layout (a folder). Their manifests are listed in its index.json, as oras
does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from confcontract.host.folder import at
from confcontract.host.writing import write_all
from confcontract.image.image_fault import ImageFault
from confcontract.image.manifests import DOCUMENT_BYTES, MANIFESTS
from confcontract.image.oci_layout import INDEX_FILE, FolderFiles, LayoutBlobs
from confcontract.image.referrers import (
    EMPTY,
    Artifact,
    AttachedLayer,
    artifact_manifest,
    as_json,
    attached_layers,
    descriptors_of,
    listed_artifact,
)
from confcontract.image.verified import VerifiedStream, digest_of_bytes, json_object, whole


class LayoutArtifacts:
    """Raises ImageFault."""

    def __init__(self, folder: str, stack: ExitStack) -> None:
        self._folder = folder
        self._files = FolderFiles(folder, stack)
        self._blobs = LayoutBlobs(self._files)

    def attached(self, digest: str, kinds: Sequence[str], limit: int) -> list[AttachedLayer]:
        return attached_layers(self._blobs, descriptors_of(self._index()), digest, kinds, limit)

    def attach(self, digest: str, artifacts: Sequence[Artifact]) -> list[str]:
        index = self._index()
        content = whole(VerifiedStream(self._blobs.blob(digest), digest, None, "it"), DOCUMENT_BYTES, "the manifest")
        kind = json_object(content, "the manifest").get("mediaType") or MANIFESTS[0]
        subject = {"mediaType": kind, "digest": digest, "size": len(content)}
        manifests = {artifact_manifest(each, subject): each for each in artifacts}
        known = {each.get("digest") for each in descriptors_of(index)}
        listed = [listed_artifact(artifact, manifest) for manifest, artifact in manifests.items()]
        new = [each for each in listed if each["digest"] not in known]
        blobs = [EMPTY, *manifests, *(each.content for each in artifacts)]
        files = {f"blobs/{digest_of_bytes(blob).replace(':', '/')}": blob for blob in blobs}
        self._write({**files, INDEX_FILE: as_json({**index, "manifests": [*index.get("manifests", ()), *new]})})
        return [str(each["digest"]) for each in listed]

    def _index(self) -> dict[str, Any]:
        return json_object(whole(self._files.open(INDEX_FILE), DOCUMENT_BYTES, INDEX_FILE), INDEX_FILE)

    def _write(self, files: dict[str, bytes]) -> None:
        """Replaces the index last, so that a reader sees all of the change or none of it."""
        placed = {at(os.path.join(self._folder, name)): content for name, content in files.items()}
        try:
            os.makedirs(at(os.path.join(self._folder, "blobs/sha256")), exist_ok=True)
            write_all(placed)
        except OSError as error:
            what = f"{self._folder} can't be written: {error.strerror}"
            raise ImageFault(what, "check its owner and mode, or write elsewhere with --output") from None
