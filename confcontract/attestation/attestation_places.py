"""Where the attestations of an image are stored: with it in its registry or layout, otherwise in files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol

from confcontract.attestation.attestation_kinds import (
    ENVELOPE_MEDIA,
    PREDICATE_ANNOTATION,
    STATEMENT_MEDIA,
    AttestationKind,
)
from confcontract.host.folder import at
from confcontract.host.writing import write_all
from confcontract.image.image_fault import ImageFault
from confcontract.image.layout_referrers import LayoutArtifacts
from confcontract.image.referrers import Artifact, ArtifactStore
from confcontract.image.registry import parsed
from confcontract.image.registry_referrers import RegistryArtifacts
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

LIMIT = 64 * 1024 * 1024  # bytes of one attestation
_KINDS = (ENVELOPE_MEDIA, STATEMENT_MEDIA)
_BOM_FILE = "sbom.cdx.json"


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """An envelope, or a statement without one. where: the location, for messages."""

    content: bytes = field(repr=False)
    where: str


@dataclass(frozen=True, slots=True)
class NewAttestation:
    """content: an envelope if it is signed, otherwise the statement."""

    kind: AttestationKind
    content: bytes = field(repr=False)
    signed: bool


class AttestationPlace(Protocol):
    """Raises ImageFault."""

    def found(self, digest: str) -> list[FoundDocument]: ...

    def keep(self, digest: str, attestations: Sequence[NewAttestation], bom: bytes) -> list[str]:
        """Returns the location of each, for people. bom: the CycloneDX document alone, for scanners that read files."""


class BesideImage:
    """Stores attestations as OCI artifacts, in a registry or a layout."""

    def __init__(self, store: ArtifactStore, where: str) -> None:
        self.store = store
        self._where = where

    def found(self, digest: str) -> list[FoundDocument]:
        layers = self.store.attached(digest, _KINDS, LIMIT)
        return [FoundDocument(each.content, f"{self._where}@{each.artifact}") for each in layers]

    def keep(self, digest: str, attestations: Sequence[NewAttestation], bom: bytes) -> list[str]:
        artifacts = [
            Artifact(
                ENVELOPE_MEDIA if each.signed else STATEMENT_MEDIA,
                each.content,
                {PREDICATE_ANNOTATION: each.kind.value},
            )
            for each in attestations
        ]
        return [f"{self._where}@{each}" for each in self.store.attach(digest, artifacts)]


class InFiles:
    """beginning: the common prefix of the file names, including a folder: `shop.tar.` or `out/`."""

    def __init__(self, beginning: str) -> None:
        self._beginning = beginning

    def found(self, digest: str) -> list[FoundDocument]:
        from confcontract.host.sourcefile import Unreadable, read_source

        documents = []
        for kind in AttestationKind:
            path = self._beginning + kind.file
            if os.path.lexists(at(path)):
                try:
                    documents.append(FoundDocument(read_source(path, limit=LIMIT), path))
                except Unreadable as error:
                    what = f"{path} {error}" if error.of_file else f"{path} can't be read: {error}"
                    raise ImageFault(what, error.hint, code="attestation-unreadable") from None
        return documents

    def keep(self, digest: str, attestations: Sequence[NewAttestation], bom: bytes) -> list[str]:
        contents = {self._beginning + each.kind.file: each.content for each in attestations}
        contents[self._beginning + _BOM_FILE] = bom
        try:
            if folder := os.path.dirname(self._beginning):
                os.makedirs(at(folder), exist_ok=True)
            write_all({at(path): content for path, content in contents.items()})
        except OSError as error:
            what = f"attestations can't be written to {self._beginning}...: {error.strerror or error}"
            raise ImageFault(what, "name a writable folder with --output") from None
        return list(contents)


def place_of(reference: str, folder: str | None, stack: ExitStack, *, writing: bool = False) -> AttestationPlace:
    """reference: of an image that was opened, so that it is well-formed. folder: for files, instead of the usual place.
    Raises UsageError if there is no such place."""
    if folder is not None:
        if not writing and not os.path.isdir(at(folder)):
            what = f"{folder} is not a readable folder"
            raise ImageFault(what, "name the folder that attest --output wrote", code="attestation-unreadable")
        return InFiles(os.path.join(folder, ""))
    head, _, rest = reference.partition(":")
    path = rest.partition(":")[0]
    if head == "oci":
        return BesideImage(LayoutArtifacts(path, stack), reference)
    if head in ("oci-archive", "docker-archive"):
        return InFiles(f"{path}.")
    where = parsed(rest.removeprefix("//")) if head == "docker" else None
    if where is not None:
        registry = RegistryArtifacts(where, stack, writing=writing)
        return BesideImage(registry, f"{where.host}/{where.repository}")
    option = "--output" if writing else "--attestations"
    message = f"nothing can be attached to an image in {head}:"
    raise UsageError(Problem("usage", message, hint=f"name a folder for files with {option}"))
