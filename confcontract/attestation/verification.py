"""`confcontract verify`: compares an image, its contract and its attestations with each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from confcontract.attestation.attest_steps import subject_of
from confcontract.attestation.attestation_kinds import AttestationKind
from confcontract.attestation.attestation_places import place_of
from confcontract.attestation.build_facts import GivenFacts, build_facts, provenance_predicate
from confcontract.attestation.contract_predicate import contract_predicate
from confcontract.attestation.listed_software import contract_listed, releases_listed
from confcontract.attestation.read_attestations import ReadAttestation, read_attestations
from confcontract.attestation.signing_keys import VerifyingKey, verifying_key
from confcontract.contract.damage import refuse_damaged
from confcontract.contract.from_image import DIGEST_LABEL, ContractInImage, contract_in
from confcontract.image.entry import Image
from confcontract.image.installed_packages import Release, installed_software
from confcontract.image.open_image import open_image
from confcontract.report.errors import ConfcontractError, UsageError
from confcontract.report.problem import ERROR, WARNING, Problem

_SHOWN = 5  # the most names in a message
# Errors of reading which prove that the image is not what it claims to be.
_FOUND = ("attestation-mismatch", "contract-edited", "image-digest", "image-without-contract")


class VerificationResult(StrEnum):
    VERIFIED = "verified"  # by the given key
    MATCHES = "matches"  # no key was given, so the signer is unknown
    REFUSED = "refused"
    NOT_EVALUATED = "not evaluated"

    @property
    def exit_code(self) -> int:
        return {"refused": 1, "not evaluated": 2}.get(self.value, 0)


@dataclass(frozen=True, slots=True)
class PassedCheck:
    """text: what was found to be correct."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Verification:
    """digest: "" if the image can't be read."""

    reference: str
    digest: str
    result: VerificationResult
    passed: Sequence[PassedCheck]
    problems: Sequence[Problem]


def verify(reference: str, platform: str | None, folder: str | None, key_file: str | None) -> Verification:
    """folder: with attestation files. Raises UsageError."""
    try:
        return _verified(reference, platform, folder, verifying_key(key_file) if key_file is not None else None)
    except UsageError:
        raise
    except ConfcontractError as error:
        found = all(each.code in _FOUND for each in error.problems)
        result = VerificationResult.REFUSED if found else VerificationResult.NOT_EVALUATED
        return Verification(reference, "", result, (), error.problems)


def _verified(reference: str, platform: str | None, folder: str | None, key: VerifyingKey | None) -> Verification:
    with open_image(reference, platform) as image, ExitStack() as stack:
        found = contract_in(image, reference)
        refuse_damaged(found.contract.data)
        digest = subject_of(reference, image).digest
        documents = place_of(reference, folder, stack).found(digest)
        held = [replace(each, entries=each.held_entries or each.entries) for each in image.layers]
        software = installed_software(held)  # reads each layer to its end, which verifies its digest
        image_itself = _ImageItself(
            reference, digest, image, found, {(e.normalized, e.version) for e in software.packages}
        )
    passed = [
        PassedCheck("contract", f"{found.contract.name} {found.contract.version}, {found.contract.digest}"),
        PassedCheck("layers", f"{len(image.layers)}, {_layers_are(reference)}"),
    ]
    problems: list[Problem] = []
    for each in (*_label(image_itself), *_attestations(image_itself, read_attestations(documents, key), key)):
        if isinstance(each, Problem):
            problems.append(each)
        else:
            passed.append(each)
    refused = any(each.severity == ERROR for each in problems)
    right = VerificationResult.VERIFIED if key else VerificationResult.MATCHES
    return Verification(reference, digest, VerificationResult.REFUSED if refused else right, passed, problems)


def _layers_are(reference: str) -> str:
    if reference.startswith("containers-storage:"):
        return "as stored, where files have no digests"
    return "each with the digests that the image names"


@dataclass(frozen=True, slots=True)
class _ImageItself:
    reference: str
    digest: str
    image: Image
    contract: ContractInImage
    releases: set[Release]

    def mismatch(self, what: str, where: str) -> Problem:
        hint = "do not trust it until you know who changed what; then build and attest the image again"
        message = f"{self.reference}: {what}"
        return Problem("attestation-mismatch", message, source=where, hint=hint)


Found = Iterator[Problem | PassedCheck]


def _label(it: _ImageItself) -> Found:
    said = it.image.labels.get(DIGEST_LABEL)
    if said == it.contract.contract.digest:
        yield PassedCheck("label", f"{DIGEST_LABEL} names this contract")
    elif said is not None:
        message = f"{it.reference}: the label {DIGEST_LABEL} names another contract than the one in the image"
        yield Problem("contract-edited", message, hint="build the image again", source_said=True)


def _attestations(it: _ImageItself, read: Sequence[ReadAttestation], key: VerifyingKey | None) -> Found:
    counted = [each for each in read if each.verified] if key else list(read)
    aside = [each for each in read if each not in counted]
    complete = True
    for kind in AttestationKind:
        own = [each for each in counted if each.statement and each.statement.kind is kind]
        if not own:
            complete = False
            yield _absent(it, kind, any(each.statement and each.statement.kind is kind for each in aside))
        for each in own:
            yield from _attestation(it, kind, each)
    for each in counted:
        if each.statement is None:
            yield _unreadable(each)
    for each in aside:
        if each.statement is None or complete:
            yield _set_aside(each, WARNING if complete else ERROR)


def _absent(it: _ImageItself, kind: AttestationKind, has_another: bool) -> Problem:
    if has_another:
        message = f"{it.reference}: its attestation of the {kind.word} is not signed by the key, or was changed since"
        hint = "name the key that signs this image; do not trust anything that it does not verify"
        return Problem("attestation-unsigned", message, hint=hint, source_said=True)
    message = f"{it.reference}: it has no attestation of the {kind.word}"
    return Problem("attestation-missing", message, hint="attest it where it is built", source_said=True)


def _unreadable(found: ReadAttestation) -> Problem:
    message = f"{found.where}: {found.fault}"
    return Problem(
        "attestation-unreadable", message, source=found.where, hint="attest the image again", source_said=True
    )


def _set_aside(found: ReadAttestation, severity: str) -> Problem:
    if found.statement is None:
        return _unreadable(found).but(severity=severity)
    message = (
        f"{found.where}: this attestation of the {found.statement.kind.word} does not count: the key does not verify it"
    )
    hint = "remove it, or find out who put it there"
    return Problem("attestation-unsigned", message, hint=hint, severity=severity, source_said=True)


def _attestation(it: _ImageItself, kind: AttestationKind, found: ReadAttestation) -> Found:
    statement = found.statement
    if statement is None:
        raise AssertionError(kind)
    if it.digest not in statement.digests:
        about = ", ".join(statement.digests)[:200] or "none"
        yield it.mismatch(f"its attestation of the {kind.word} is about another image ({about})", found.where)
        return
    compare = {
        AttestationKind.PROVENANCE: _provenance,
        AttestationKind.CONTRACT: _contract,
        AttestationKind.SBOM: _sbom,
    }[kind]
    wrong = list(compare(it, statement.predicate))
    yield from (it.mismatch(each, found.where) for each in wrong)
    if not wrong:
        how = (
            "signed by the key"
            if found.verified
            else "signed, by whom was not checked"
            if found.signed
            else "not signed"
        )
        yield PassedCheck(_CHECKS[kind], f"{_RIGHT[kind]}; {how}")


_CHECKS = {
    AttestationKind.PROVENANCE: "provenance",
    AttestationKind.CONTRACT: "attested contract",
    AttestationKind.SBOM: "SBOM",
}
_RIGHT = {
    AttestationKind.PROVENANCE: "is about this image, and says what its labels and its contract say",
    AttestationKind.CONTRACT: "is the contract in the image",
    AttestationKind.SBOM: "lists what is installed",
}


def _provenance(it: _ImageItself, predicate: Mapping[str, Any]) -> Iterator[str]:
    """Every fact in the image must be in the provenance. It may have more facts, which only the builder knew."""
    facts = build_facts(it.image, it.contract.contract, GivenFacts(), it.reference)
    expected = provenance_predicate(facts)["buildDefinition"]
    stated = predicate.get("buildDefinition", {})
    for place in ("externalParameters", "internalParameters"):
        for name, value in expected.get(place, {}).items():
            other = _member(stated, place, name)
            if (
                any(_member(other, each) != value[each] for each in value)
                if isinstance(value, dict)
                else other != value
            ):
                yield f"its provenance names another {name} than the image"
    dependencies = stated.get("resolvedDependencies")
    for each in expected.get("resolvedDependencies", ()):
        if each not in (dependencies if isinstance(dependencies, list) else ()):
            yield f"its provenance names another {each['name']} than the image"


def _member(data: Any, *names: str) -> Any:
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _contract(it: _ImageItself, predicate: Mapping[str, Any]) -> Iterator[str]:
    expected = contract_predicate(it.contract)
    differ = [name for name, value in expected.items() if predicate.get(name) != value]
    if differ:
        yield f"the attested contract is not the one in the image: {', '.join(differ)} differ"


def _sbom(it: _ImageItself, predicate: Mapping[str, Any]) -> Iterator[str]:
    listed = releases_listed(predicate)
    if more := it.releases - listed:
        yield f"its SBOM lacks packages that are installed: {_some(more)}"
    if fewer := listed - it.releases:
        yield f"its SBOM lists packages that are not installed: {_some(fewer)}"
    if contract_listed(predicate) != it.contract.contract.digest:
        yield "its SBOM names another contract than the one in the image"


def _some(releases: set[Release]) -> str:
    names = [f"{name} {version}".strip() for name, version in sorted(releases)]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
