"""The attestations of an image for `inspect`: found and parsed, but not verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from confcontract.attestation.attest_steps import subject_of
from confcontract.attestation.attestation_kinds import UNSTATED_BUILDER, AttestationKind
from confcontract.attestation.attestation_places import place_of
from confcontract.attestation.read_attestations import ReadAttestation, read_attestations
from confcontract.image.entry import Image
from confcontract.image.image_fault import ImageFault
from confcontract.report.errors import UsageError
from confcontract.report.problem import WARNING, Problem
from confcontract.verdict.mask import mask_credentials


@dataclass(frozen=True, slots=True)
class AttestedFacts:
    """attestations: of all our kinds. provenance: None if there is none for this image."""

    attestations: Sequence[Mapping[str, Any]]
    provenance: Mapping[str, Any] | None
    problems: Sequence[Problem]


def attested_facts(reference: str, image: Image) -> AttestedFacts:
    """Unreadable attestations are reported as warnings, since the image itself could be read."""
    try:
        found = attestations_of(reference, image)
    except ImageFault as fault:
        message = f"{reference}: its attestations can't be read: {fault.what}"
        problem = Problem(fault.code, message, source=reference, hint=fault.hint, severity=WARNING, source_said=True)
        return AttestedFacts((), None, (problem,))
    digest = subject_of(reference, image).digest
    facts = [
        {
            "kind": each.statement.kind.word,
            "predicateType": each.statement.kind.value,
            "where": each.where,
            "signed": each.signed,
            "aboutThisImage": digest in each.statement.digests,
        }
        for each in found
        if each.statement
    ]
    return AttestedFacts(facts, _provenance(found, digest), ())


def attestations_of(reference: str, image: Image) -> list[ReadAttestation]:
    """Returns None if such images have no place for attestations. Raises ImageFault."""
    with ExitStack() as stack:
        try:
            place = place_of(reference, None, stack)
        except UsageError:
            return []
        return read_attestations(place.found(subject_of(reference, image).digest), None)


def _provenance(found: Sequence[ReadAttestation], digest: str) -> dict[str, Any] | None:
    for each in found:
        statement = each.statement
        if statement and statement.kind is AttestationKind.PROVENANCE and digest in statement.digests:
            definition = statement.predicate["buildDefinition"]
            builder = _text(statement.predicate, "runDetails", "builder", "id")
            return {
                "source": _text(definition, "externalParameters", "source", "uri"),
                "revision": _text(definition, "externalParameters", "source", "revision"),
                "builder": None if builder == UNSTATED_BUILDER else builder,
                "signed": each.signed,
            }
    return None


def _text(data: Any, *names: str) -> str | None:
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return mask_credentials(data) if isinstance(data, str) else None


def provenance_in_words(provenance: Mapping[str, Any] | None, attestations: Sequence[Mapping[str, Any]]) -> list[str]:
    """Lines for people; none if nothing is attested."""
    lines = []
    if provenance is not None:
        where = " at ".join(filter(None, (provenance["source"], provenance["revision"]))) or "source not stated"
        builder = f"built by {provenance['builder']}" if provenance["builder"] else "builder not stated"
        lines.append(f"{where}, {builder}")
    if attestations:
        kinds = dict.fromkeys(each["kind"] for each in attestations)
        signed = "signed" if all(each["signed"] for each in attestations) else "not all signed"
        lines.append(f"attested: {', '.join(kinds)}; {signed}, not verified here: confcontract verify")
    return lines
