"""Messages for secrets from AWS that could not be read. Each problem names its reference, and no value."""

from __future__ import annotations

from confcontract.contract.schemes import AWS_PARAMETERS, SCHEMES
from confcontract.report.codes import CODES
from confcontract.report.problem import Problem
from confcontract.secrets.aws import causes
from confcontract.secrets.aws.batches import VERSION
from confcontract.secrets.vault import failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.contract.reference import Reference
    from confcontract.secrets.vault.failure import RequestFailed

ABSENCES = ("store-secret-missing", "store-key-missing", "store-version-missing")


def problem(code: str, variable: str, reference: Reference, message: str, hint: str | None = None) -> Problem:
    return Problem(code, message, variable=variable, source=str(reference), hint=hint or CODES[code][1])


def no_boto3(variable: str, reference: Reference) -> Problem:
    message = f"The value is in {store_of(reference)}, and boto3, which reads it, is not installed"
    return problem("store-not-configured", variable, reference, message, "Install confcontract[aws] in the image.")


def failed(variable: str, reference: Reference, why: RequestFailed, address: str, seconds: float) -> Problem:
    """address: of the server, "" if it is not known. seconds: the deadline."""
    store, name = store_of(reference), reference.mount_path
    at = f"{store} at {address}" if address else store
    if why.kind == failure.MISSING:
        what = "parameter" if reference.scheme == AWS_PARAMETERS else "secret"
        return problem("store-secret-missing", variable, reference, f"{store} has no {what} {name}")
    if why.kind == causes.DELETED:
        message = f"{store} does not return {name}: it is marked for deletion ({why.words})"
        hint = "Restore it (aws secretsmanager restore-secret), or refer to another one."
        return problem("store-secret-missing", variable, reference, message, hint)
    if why.kind == VERSION:
        message = f"{store} has {name}, but no version {reference.label} of it"
        return problem("store-version-missing", variable, reference, message)
    if why.kind == failure.DENIED:
        return _denied(variable, reference, why)
    if why.kind == causes.CREDENTIALS:
        message = f"{at} does not accept the credentials: {why.words}"
        return problem("store-credentials", variable, reference, message)
    if why.kind == causes.NOWHERE:
        message = f"{store} could not be queried: {why.words}"
        return problem("store-not-configured", variable, reference, message, "Set AWS_REGION, and credentials.")
    if why.kind == failure.DEFECT:
        return problem("internal", variable, reference, f"{store} could not be queried: {why.words}")
    if why.kind == failure.REJECTED:
        message = f"{store} refused the request for {name}: {why.words}"
        return problem("store-denied", variable, reference, message, "Correct the reference.")
    return _unavailable(variable, reference, why, at, seconds)


def _denied(variable: str, reference: Reference, why: RequestFailed) -> Problem:
    store, name = store_of(reference), reference.mount_path
    if why.cause == causes.KMS:
        message = f"{store} has {name}, but this identity may not decrypt it with its KMS key: {why.words}"
        hint = "Allow kms:Decrypt on the key to this identity, and check that the key is enabled."
        return problem("store-denied", variable, reference, message, hint)
    return problem("store-denied", variable, reference, f"{store} denied {name}: {why.words}")


def _unavailable(variable: str, reference: Reference, why: RequestFailed, at: str, seconds: float) -> Problem:
    given_up = f"{seconds:.0f}" if seconds >= 1 else f"{seconds:.1g}"
    after = f"; gave up after {given_up} s" if why.retry else ""
    hint = None
    if why.kind == failure.UNWELL:
        message = f"{at} could not answer: {why.words}{after}"
        hint = "Check the service quotas of the account and the AWS Health Dashboard."
    elif why.kind == failure.TLS:
        message = f"{at} could not be reached safely: {why.words}"
        hint = "Check AWS_CA_BUNDLE, AWS_ENDPOINT_URL, and any proxy on the way."
    else:
        message = f"{at} could not be reached: {why.words}{after}"
    return problem("store-unavailable", variable, reference, message, hint)


def key_missing(variable: str, reference: Reference) -> Problem:
    message = f"The secret {reference.mount_path} in {store_of(reference)} has no key {reference.key!r}"
    return problem("store-key-missing", variable, reference, message)


def unusable(variable: str, reference: Reference, words: str) -> Problem:
    of = f"key {reference.key!r} of {reference.mount_path}" if reference.key else reference.mount_path
    message = f"The value of {of} in {store_of(reference)} can't be used: {words}"
    return problem("store-value-unusable", variable, reference, message)


def and_no_fallback(passed: Problem, fallbacks: Sequence[Reference]) -> Problem:
    """The problem with the first of several references, all of them absent."""
    if not fallbacks:
        return passed
    words = ", ".join(map(str, fallbacks))
    more = f"; the same for the fallback{'s' * (len(fallbacks) > 1)} {words}"
    return passed.but(message=passed.message + more)


def store_of(reference: Reference) -> str:
    return SCHEMES[reference.scheme].store
