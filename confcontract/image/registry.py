"""Reads an image from a registry: `docker://HOST/REPO:TAG[@DIGEST]`, by the OCI distribution specification 1.1.

TLS certificates are verified. A registry on this machine may also use plain HTTP, as with Docker. All content from the
registry is verified by digest, including the manifest if the reference has its digest.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from dataclasses import dataclass

from confcontract.image.entry import ByteStream, Image
from confcontract.image.manifests import DOCUMENT_BYTES, INDEXES, MANIFESTS, image_of
from confcontract.image.registry_session import RegistrySession
from confcontract.image.verified import VerifiedStream, digest_of_bytes, is_digest, whole

HUB = "docker.io"
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class RegistryReference:
    """digest: "" if the reference has none; it takes precedence over the tag."""

    host: str
    repository: str
    tag: str
    digest: str


def parsed(name: str) -> RegistryReference | None:
    """name: the part after `docker://`. Returns None if it is malformed."""
    rest, at, digest = name.partition("@")
    if at and not is_digest(digest):
        return None
    host, slash, repository = rest.partition("/")
    if not slash or not (set(".:") & set(host) or host == "localhost"):
        host, repository = HUB, rest
    repository, colon, tag = repository.partition(":")
    if host == HUB and "/" not in repository:
        repository = f"library/{repository}"
    if not _HOST.fullmatch(host) or not _REPOSITORY.fullmatch(repository) or (colon and not _TAG.fullmatch(tag)):
        return None
    return RegistryReference(host, repository, tag or "latest", digest)


def image_in_registry(reference: RegistryReference, platform: str | None, stack: ExitStack) -> Image:
    """Raises ImageFault."""
    source = Repository(reference, stack)
    named = source.document(reference.digest or reference.tag)
    if reference.digest:
        named = VerifiedStream(named, reference.digest, None, "the manifest")
    content = whole(named, DOCUMENT_BYTES, "the manifest")
    digest = reference.digest or digest_of_bytes(content)
    return image_of(source, content, digest, platform)


class Repository:
    """The manifests and blobs of one repository. actions: as for RegistrySession."""

    def __init__(self, reference: RegistryReference, stack: ExitStack, actions: str = "pull") -> None:
        self.path = f"/v2/{reference.repository}"
        self.session = RegistrySession(reference.host, reference.repository, os.environ, stack, actions)

    def document(self, name: str) -> ByteStream:
        return self.session.get(f"{self.path}/manifests/{name}", ", ".join((*MANIFESTS, *INDEXES)), "manifest")

    def blob(self, digest: str) -> ByteStream:
        return self.session.get(f"{self.path}/blobs/{digest}", "*/*", "layer or configuration")
