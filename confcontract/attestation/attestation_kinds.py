"""The kinds of attestations, and their names in other standards."""

from __future__ import annotations

from enum import Enum

# These names have the form of in-toto's TypeURI; docs/reference/attestations.md defines them.
CONTRACT_TYPE = "urn:confcontract:contract-attestation-v1"  # also the $id of its schema, in schemas/
BUILD_TYPE = "urn:confcontract:image-build-v1"
UNSTATED_BUILDER = "urn:confcontract:builder-not-stated"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"

STATEMENT_MEDIA = "application/vnd.in-toto+json"  # also the payload type of a DSSE envelope that holds a statement
ENVELOPE_MEDIA = "application/vnd.dsse.envelope.v1+json"
PREDICATE_ANNOTATION = "in-toto.io/predicate-type"  # defined by BuildKit


class AttestationKind(Enum):
    """value: the predicate type."""

    PROVENANCE = "https://slsa.dev/provenance/v1"
    CONTRACT = CONTRACT_TYPE
    SBOM = "https://cyclonedx.org/bom"

    @property
    def word(self) -> str:
        """The name in messages and file names."""
        return {"PROVENANCE": "provenance", "CONTRACT": "contract", "SBOM": "SBOM"}[self.name]

    @property
    def file(self) -> str:
        return f"{self.word.lower()}.intoto.json"
