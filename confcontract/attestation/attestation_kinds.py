"""The kinds of attestations, and the names by which others know them."""

from __future__ import annotations

from enum import Enum

# Names, as in-toto's TypeURI are; docs/reference/attestations.md says what they stand for.
CONTRACT_TYPE = "urn:confcontract:contract-attestation-v1"  # also the $id of its schema, in schemas/
BUILD_TYPE = "urn:confcontract:image-build-v1"
UNSTATED_BUILDER = "urn:confcontract:builder-not-stated"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"

STATEMENT_MEDIA = "application/vnd.in-toto+json"  # also the payload type of a DSSE envelope with one
ENVELOPE_MEDIA = "application/vnd.dsse.envelope.v1+json"
PREDICATE_ANNOTATION = "in-toto.io/predicate-type"  # BuildKit's


class AttestationKind(Enum):
    """value: the predicate type."""

    PROVENANCE = "https://slsa.dev/provenance/v1"
    CONTRACT = CONTRACT_TYPE
    SBOM = "https://cyclonedx.org/bom"

    @property
    def word(self) -> str:
        """In messages, and in names of files."""
        return {"PROVENANCE": "provenance", "CONTRACT": "contract", "SBOM": "SBOM"}[self.name]

    @property
    def file(self) -> str:
        return f"{self.word.lower()}.intoto.json"
