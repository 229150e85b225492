"""`confcontract attest`: turns the known facts about an image into statements, signs them, and stores them with it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from confcontract.attestation.attestation_kinds import AttestationKind
from confcontract.attestation.attestation_places import BesideImage, NewAttestation, place_of
from confcontract.attestation.build_facts import GivenFacts, build_facts, provenance_predicate
from confcontract.attestation.contract_predicate import contract_predicate
from confcontract.attestation.cosign_tags import put_cosign_tags
from confcontract.attestation.envelope import envelope_bytes, signed_bytes
from confcontract.attestation.sbom import SoftwareOfImage, cyclonedx_document
from confcontract.attestation.signing_keys import SigningKey
from confcontract.attestation.statement import ImageSubject, statement_bytes
from confcontract.contract.damage import refuse_damaged
from confcontract.contract.from_image import contract_in
from confcontract.image.entry import Image
from confcontract.image.installed_packages import Release, installed_software
from confcontract.image.open_image import open_image
from confcontract.image.referrers import as_json
from confcontract.image.registry import parsed
from confcontract.image.registry_referrers import RegistryArtifacts


@dataclass(frozen=True, slots=True)
class Attested:
    """places: the locations of the attestations, for people."""

    digest: str
    places: Sequence[str]


@dataclass(frozen=True, slots=True)
class ToAttest:
    """output: a folder for files, instead of storing with the image. moment: SOURCE_DATE_EPOCH, if it is set."""

    reference: str
    platform: str | None
    output: str | None
    given: GivenFacts
    hashes: Mapping[Release, Sequence[str]]
    key: SigningKey | None
    moment: datetime | None


def attest(asked: ToAttest) -> Attested:
    """Raises UsageError, ImageUnusable, ContractUnusable and ConfigurationInvalid."""
    with open_image(asked.reference, asked.platform) as image, ExitStack() as stack:
        found = contract_in(image, asked.reference)
        refuse_damaged(found.contract.data)
        place = place_of(asked.reference, asked.output, stack, writing=True)
        subject = subject_of(asked.reference, image)
        facts = build_facts(image, found.contract, asked.given, asked.reference)
        packages = installed_software(image.layers).packages
        bom = cyclonedx_document(
            SoftwareOfImage(subject, found, packages, asked.hashes, asked.moment or _created(image))
        )
        predicates = {
            AttestationKind.PROVENANCE: provenance_predicate(facts),
            AttestationKind.CONTRACT: contract_predicate(found),
            AttestationKind.SBOM: bom,
        }
        made = [_attestation(kind, subject, predicate, asked.key) for kind, predicate in predicates.items()]
        places = place.keep(subject.digest, made, as_json(bom))
        if asked.key and isinstance(place, BesideImage) and isinstance(place.store, RegistryArtifacts):
            envelopes = [(each.kind, each.content) for each in made]
            put_cosign_tags(place.store, subject.name, subject.digest, envelopes, asked.key)
        return Attested(subject.digest, places)


def _attestation(
    kind: AttestationKind, subject: ImageSubject, predicate: Mapping[str, object], key: SigningKey | None
) -> NewAttestation:
    statement = statement_bytes(kind, subject, predicate)
    if key is None:
        return NewAttestation(kind, statement, False)
    return NewAttestation(kind, envelope_bytes(statement, key.sign(signed_bytes(statement))), True)


def subject_of(reference: str, image: Image) -> ImageSubject:
    """Identifies the image by its manifest. An archive of docker save has none, so its configuration is used."""
    head, _, rest = reference.partition(":")
    if head == "docker" and (where := parsed(rest.removeprefix("//"))):
        name = f"{where.host}/{where.repository}"
    elif head == "containers-storage":
        folders, slash, last = rest.rpartition("]")[2].partition("@")[0].rpartition("/")
        name = folders + slash + last.partition(":")[0]
    else:
        name = os.path.basename(rest.partition(":")[0].rstrip("/"))
    return ImageSubject(name, image.digest or image.config_digest)


def _created(image: Image) -> datetime | None:
    """The creation time in the image's configuration, in whole seconds: RFC 3339."""
    try:
        found = datetime.fromisoformat(str(image.config.get("created")))
    except ValueError:
        return None
    return found.astimezone(UTC).replace(microsecond=0) if found.tzinfo else None
