"""Artifacts attached to an image in a registry. If the registry has no API for them, they are listed under the tag
`sha256-...`, which we then write ourselves ("Referrers Tag Schema" of the OCI distribution specification 1.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

from confcontract.image.image_fault import ImageFault
from confcontract.image.manifests import DOCUMENT_BYTES, INDEXES, MANIFESTS
from confcontract.image.referrers import (
    EMPTY,
    Artifact,
    AttachedLayer,
    Descriptor,
    artifact_manifest,
    as_json,
    attached_layers,
    descriptor,
    descriptors_of,
    listed_artifact,
)
from confcontract.image.registry import RegistryReference, Repository
from confcontract.image.registry_session import RegistryAnswer
from confcontract.image.verified import VerifiedStream, digest_of_bytes, json_object, whole

_PAGES = 50
_ATTEMPTS = 5  # to add all entries to one list that others write at the same time
_NEXT = re.compile(r'<([^>]*)>\s*;\s*rel="?next"?')


def fallback_tag(digest: str, suffix: str = "") -> str:
    """The tag `sha256-...`: without a suffix for registries without the API, with a suffix for cosign's own tags."""
    algorithm, _, value = digest.partition(":")
    return f"{algorithm[:32]}-{value[:64]}{suffix}"


class RegistryArtifacts:
    """Raises ImageFault."""

    def __init__(self, reference: RegistryReference, stack: ExitStack, *, writing: bool = False) -> None:
        self._repository = Repository(reference, stack, "pull,push" if writing else "pull")
        self._path = self._repository.path
        self._session = self._repository.session

    def attached(self, digest: str, kinds: Sequence[str], limit: int) -> list[AttachedLayer]:
        self._manifest(digest)  # fails if the manifest is missing; the first request also sets up TLS
        listed = self._by_api(digest)
        if listed is None:
            listed = self._by_tag(digest)
        return attached_layers(self._repository, listed, digest, kinds, limit)

    def attach(self, digest: str, artifacts: Sequence[Artifact]) -> list[str]:
        content, kind = self._manifest(digest)
        subject = {"mediaType": kind, "digest": digest, "size": len(content)}
        self._put_blob(EMPTY)
        unlisted = []
        digests = []
        for artifact in artifacts:
            manifest = artifact_manifest(artifact, subject)
            self._put_blob(artifact.content)
            answer = self._put_manifest(digest_of_bytes(manifest), manifest, MANIFESTS[0])
            digests.append(digest_of_bytes(manifest))
            if "oci-subject" not in answer.headers:  # with it, the registry lists the artifact itself
                unlisted.append(listed_artifact(artifact, manifest))
        if unlisted and self._by_api(digest) is None:
            self._list_by_tag(digest, unlisted)
        return digests

    def put_tagged(self, tag: str, manifest: bytes, blobs: Sequence[bytes]) -> None:
        """Uploads a manifest with the blobs that it names, under a tag."""
        for blob in blobs:
            self._put_blob(blob)
        self._put_manifest(tag, manifest, MANIFESTS[0])

    def tagged(self, tag: str) -> dict[str, Any] | None:
        """Returns the manifest or index of a tag; None if there is none."""
        answer = self._read(f"{self._path}/manifests/{tag}", ", ".join((*MANIFESTS, *INDEXES)))
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise self._session.refused(answer, "manifest")
        return json_object(answer.content, f"what is tagged {tag[:19]}...")

    def _manifest(self, digest: str) -> tuple[bytes, str]:
        stream = VerifiedStream(self._repository.document(digest), digest, None, "the manifest")
        content = whole(stream, DOCUMENT_BYTES, "the manifest")
        kind = json_object(content, "the manifest").get("mediaType")
        return content, kind if kind in (*MANIFESTS, *INDEXES) else MANIFESTS[0]

    def _read(self, path: str, accept: str) -> RegistryAnswer:
        return self._session.send("GET", path, {"Accept": accept}, limit=DOCUMENT_BYTES)

    def _by_api(self, digest: str) -> list[Descriptor] | None:
        """Returns None if the registry has no such API."""
        found: list[Descriptor] = []
        path = f"{self._path}/referrers/{digest}"
        for _ in range(_PAGES):
            answer = self._read(path, INDEXES[0])
            if answer.status != 200:
                if answer.status in (401, 403, 429) or answer.status >= 500:
                    raise self._session.refused(answer, "manifest")
                return None
            found += descriptors_of(json_object(answer.content, "the list of referrers"))
            onward = _NEXT.search(answer.headers.get("link", ""))
            if onward is None:
                return found
            path = onward[1]
        raise ImageFault(f"the list of referrers has more than {_PAGES} pages", "remove artifacts from the registry")

    def _by_tag(self, digest: str) -> list[Descriptor]:
        index = self.tagged(fallback_tag(digest))
        return descriptors_of(index) if index else []

    def _list_by_tag(self, digest: str, entries: Sequence[Descriptor]) -> None:
        """Adds to the entries that the tag already lists. Another client may write it at the same time, so the result
        is checked and written again if needed."""
        tag = fallback_tag(digest)
        for _ in range(_ATTEMPTS):
            listed = self._by_tag(digest)
            known = {each.get("digest") for each in listed}
            new = [each for each in entries if each["digest"] not in known]
            if not new:
                return
            index = {"schemaVersion": 2, "mediaType": INDEXES[0], "manifests": [*listed, *new]}
            self._put_manifest(tag, as_json(index), INDEXES[0])
        what = f"another process is writing the tag {tag[:19]}... at the same time"
        raise ImageFault(what, "run it again", code="registry-unavailable")

    def _put_blob(self, content: bytes) -> None:
        digest = digest_of_bytes(content)
        if self._session.send("HEAD", f"{self._path}/blobs/{digest}", {}).status == 200:
            return
        path = f"{self._path}/blobs/uploads/"
        begun = self._session.send("POST", path, {"Content-Length": "0"})
        location = begun.headers.get("location")
        if begun.status != 202 or not location:
            raise self._not_taken(begun)
        mark = "&" if "?" in location else "?"
        kind = {"Content-Type": "application/octet-stream"}
        ended = self._session.send("PUT", f"{location}{mark}digest={quote(digest, safe='')}", kind, content)
        if ended.status != 201:
            raise self._not_taken(ended)

    def _put_manifest(self, name: str, content: bytes, kind: str) -> RegistryAnswer:
        path = f"{self._path}/manifests/{name}"
        answer = self._session.send("PUT", path, {"Content-Type": kind}, content)
        if answer.status not in (200, 201, 202):
            raise self._not_taken(answer)
        return answer

    def _not_taken(self, answer: RegistryAnswer) -> ImageFault:
        if answer.status in (401, 403, 429) or answer.status >= 500:
            return self._session.refused(answer, "attestation")
        what = f"the registry does not accept the attachment: it answers with {answer.status}{_codes(answer)}"
        return ImageFault(
            what, "check that it accepts OCI artifacts and that you may write tags", code="registry-denied"
        )


def _codes(answer: RegistryAnswer) -> str:
    """The error codes of the distribution specification: single words without free text."""
    try:
        errors = json.loads(answer.content)["errors"]
        codes = [str(each["code"]) for each in errors]
    except (ValueError, LookupError, TypeError):
        return ""
    return f" ({', '.join(each for each in codes if re.fullmatch('[A-Z_]{3,40}', each))})"


def tagged_manifest(config: Mapping[str, Any], layers: Sequence[Descriptor]) -> tuple[bytes, bytes]:
    """An image manifest with these layers, and its configuration, in the form in which cosign attaches documents by a
    tag."""
    text = as_json(config)
    named = descriptor("application/vnd.oci.image.config.v1+json", text)
    manifest = {"schemaVersion": 2, "mediaType": MANIFESTS[0], "config": named, "layers": list(layers)}
    return as_json(manifest), text
