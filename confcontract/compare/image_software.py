"""The Python distributions of an image: from the image's attested SBOM, else from its installed metadata."""

from __future__ import annotations

from confcontract.attestation.attest_steps import subject_of
from confcontract.attestation.attestation_kinds import AttestationKind
from confcontract.attestation.attested_facts import attestations_of
from confcontract.attestation.listed_software import releases_listed
from confcontract.image.installed_packages import Release, installed_software
from confcontract.image.open_image import open_image


def releases_of(reference: str) -> set[Release]:
    """From the unverified SBOM. Raises ImageUnusable."""
    with open_image(reference) as image:
        digest = subject_of(reference, image).digest
        for each in attestations_of(reference, image):
            statement = each.statement
            if statement and statement.kind is AttestationKind.SBOM and digest in statement.digests:
                return releases_listed(statement.predicate)
        return {(each.normalized, each.version) for each in installed_software(image.layers).packages}
