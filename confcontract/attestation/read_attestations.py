"""Documents that were found beside an image, as statements: who signed them, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from confcontract.attestation.attestation_kinds import BUILD_TYPE, STATEMENT_MEDIA, AttestationKind
from confcontract.attestation.attestation_places import FoundDocument
from confcontract.attestation.envelope import parse_envelope, signed_bytes
from confcontract.attestation.signing_keys import VerifyingKey
from confcontract.attestation.statement import Statement, parse_statement


@dataclass(frozen=True, slots=True)
class ReadAttestation:
    """statement: None where the document can't be read, and `fault` says why. signed: whether it has a signature at
    all. verified: whether the key that was named verifies one; False where none was named."""

    where: str
    statement: Statement | None
    signed: bool
    verified: bool
    fault: str = ""


def read_attestations(documents: Iterable[FoundDocument], key: VerifyingKey | None) -> list[ReadAttestation]:
    """Without those of other kinds, and those of our kinds that other programs have written."""
    read = [_read(each, key) for each in documents]
    return [each for each in read if each is not None]


def _read(document: FoundDocument, key: VerifyingKey | None) -> ReadAttestation | None:
    signed = verified = False
    try:
        content = document.content
        if _is_envelope(content):
            envelope = parse_envelope(content)
            if envelope.kind != STATEMENT_MEDIA:
                return None
            content = envelope.payload
            to_sign = signed_bytes(content)
            signed = bool(envelope.signatures)
            verified = key is not None and any(key.verifies(each, to_sign) for each in envelope.signatures)
        statement = parse_statement(content)
    except ValueError as error:
        fault = "it is not JSON" if isinstance(error, json.JSONDecodeError | UnicodeDecodeError) else str(error)
        return ReadAttestation(document.where, None, signed, verified, fault)
    if statement is None or not _is_ours(statement):
        return None
    return ReadAttestation(document.where, statement, signed, verified)


def _is_envelope(content: bytes) -> bool:
    try:
        data = json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return isinstance(data, dict) and "payloadType" in data


def _is_ours(statement: Statement) -> bool:
    """Provenance and SBOMs are written by many programs, about the same image and with other contents."""
    from confcontract.attestation.listed_software import contract_listed

    if statement.kind is AttestationKind.PROVENANCE:
        definition = statement.predicate.get("buildDefinition")
        return isinstance(definition, dict) and definition.get("buildType") == BUILD_TYPE
    if statement.kind is AttestationKind.SBOM:
        try:
            return contract_listed(statement.predicate) is not None
        except ValueError:
            return False
    return True
