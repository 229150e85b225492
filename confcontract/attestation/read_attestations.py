"""Parses the documents stored with an image as statements, with their content and signer."""

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
    """statement: None if the document can't be parsed; then `fault` gives the reason. signed: whether it has any
    signature.
    verified: whether the given key verifies one; False if no key was given."""

    where: str
    statement: Statement | None
    signed: bool
    verified: bool
    fault: str = ""


def read_attestations(documents: Iterable[FoundDocument], key: VerifyingKey | None) -> list[ReadAttestation]:
    """Ignores other kinds, and attestations of our kinds that other programs have written."""
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
    """Whether we wrote it. Many programs write provenance and SBOMs about the same image, with other content."""
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
