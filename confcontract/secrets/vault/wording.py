"""Messages for secrets that could not be read. Every problem names its reference; none shows a value."""

from __future__ import annotations

from confcontract.contract.schemes import VAULT
from confcontract.report.codes import CODES
from confcontract.report.problem import Problem
from confcontract.secrets.vault import failure
from confcontract.secrets.vault.engine_kinds import KV1, KV2
from confcontract.secrets.vault.server import NoServer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.contract.reference import Reference
    from confcontract.secrets.vault.failure import RequestFailed
    from confcontract.secrets.vault.server import NotConfigured


def problem(code: str, variable: str, reference: Reference, message: str, hint: str | None = None) -> Problem:
    return Problem(code, message, variable=variable, source=f"Vault {reference.text}", hint=hint or CODES[code][1])


def invalid(variable: str, words: str) -> Problem:
    """The text itself is not shown: a password may start with `vault:` too."""
    message = f"The value starts like a reference to Vault, but {words}"
    return Problem("reference-invalid", message, variable=variable, hint=CODES["reference-invalid"][1])


def of_another_store(variable: str, references: Sequence[Reference]) -> Problem:
    """For code that passes a `VaultReader` to `resolve`; boot uses the store that each reference names."""
    other = next(reference for reference in references if reference.scheme != VAULT)
    message = f"{other} is not in Vault, the only store that is read here"
    hint = "Ask several stores: confcontract.secrets.store_for(environ)."
    return Problem("store-not-configured", message, variable=variable, source=str(other), hint=hint)


def not_configured(variable: str, reference: Reference, wrong: NotConfigured) -> Problem:
    hint = None if isinstance(wrong, NoServer) else "Correct the Vault settings of this environment."
    return problem("vault-not-configured", variable, reference, f"The value is in Vault, but {wrong}", hint)


def and_no_fallback(passed: Problem, fallbacks: Sequence[Reference]) -> Problem:
    """The problem with the first of several references, all of them absent."""
    if fallbacks:
        words = ", ".join(reference.text for reference in fallbacks)
        more = f"; the same for the fallback{'s' * (len(fallbacks) > 1)} {words}"
        return passed.but(message=passed.message + more)
    return passed


def permissions_denied(variable: str, reference: Reference, failed: RequestFailed, place: Whereabouts) -> Problem:
    """The server refused to return the token's capabilities."""
    known = unavailable(variable, reference, failed, place)
    if known:
        return known
    if place.token_is_valid is False:
        return _token_not_accepted(variable, reference, failed, place)
    message = (
        f"cannot check access to {place.words(reference)} without creating the secret: Vault denied"
        f" sys/capabilities-self to the {place.identity} ({failed.words})"
    )
    hint = 'For this command, allow it: path "sys/capabilities-self" { capabilities = ["update"] }.' + _doubt(place)
    return problem("vault-denied", variable, reference, message, hint)


def not_for_references(variable: str, reference: Reference, place: Whereabouts) -> Problem:
    """By its engine, whatever the path's name."""
    if place.engine in (KV1, KV2):
        message = f"Parameters would be written into the secret: the mount {place.mount} is a key-value engine"
        return problem("reference-invalid", variable, reference, message)
    if not reference.parameters:
        message = f"{place.words(reference)} is Vault's own and holds no secret of an application"
        return problem("reference-invalid", variable, reference, message, "Refer to a secrets engine.")
    message = (
        f"Parameters would be written to {place.words(reference)}, which is Vault's own ({place.mount}): they are for"
        " engines that make credentials"
    )
    return problem("reference-invalid", variable, reference, message, "Refer to a secrets engine, such as pki.")


def our_token(variable: str, reference: Reference, place: Whereabouts) -> Problem:
    message = f"{place.words(reference)} is boot's own token, which boot never passes to an application"
    return problem("reference-invalid", variable, reference, message, "Refer to one of the application's own secrets.")


def not_allowed(variable: str, reference: Reference, place: Whereabouts) -> Problem:
    capability = "update" if reference.parameters else "read"
    message = f"Vault would deny {place.words(reference)} to the {place.identity}: no {capability} on this path"
    hint = f"Check that a policy of this identity allows {capability} on {place.path}{_held(place)}."
    return problem("vault-denied", variable, reference, message, hint)


def unavailable(variable: str, reference: Reference, failed: RequestFailed, place: Whereabouts) -> Problem | None:
    """The problem if the whole server fails, otherwise None."""
    seconds = f"{place.seconds:.0f}" if place.seconds >= 1 else f"{place.seconds:.1g}"
    after = f"; gave up after {seconds} s" if failed.retry else ""
    at = f"Vault at {place.address}"
    if failed.cause == failure.SILENCE and place.answered:
        message = f"{at} gave no answer in time for {place.words(reference)}, although it answered before{after}"
        hint = "Check what this engine depends on, such as a database, and the log of the Vault server."
    elif failed.kind == failure.UNREACHABLE:
        message = f"{at} could not be reached: {failed.words}{after}"
        name_server = ", the name server" if failed.cause in (failure.SILENCE, failure.NO_SUCH_HOST) else ""
        hint = f"Check VAULT_ADDR{name_server} and the network."
    elif failed.kind == failure.TLS:
        message = f"{at} could not be reached safely: {failed.words}"
        hint = "Check VAULT_CACERT (or VAULT_CAPATH), VAULT_TLS_SERVER_NAME, and the server's certificate."
        if failed.cause == failure.OTHER_SCHEME:
            hint = "Correct the scheme in VAULT_ADDR."
    elif failed.kind == failure.SEALED:
        message, hint = f"{at} is sealed ({failed.words}){after}", "Unseal it: bao operator unseal."
    elif failed.kind == failure.UNINITIALISED:
        message, hint = f"{at} can't serve: {failed.words}", "Initialise it: bao operator init."
    elif failed.kind == failure.UNWELL:
        message, hint = f"{at} could not answer: {failed.words}{after}", "Check the log of the Vault server."
        if failed.cause == failure.RATE_LIMIT:
            hint = "Raise the quota (sys/quotas/rate-limit in Vault), or start fewer instances at a time."
    elif failed.kind in (failure.DENIED, failure.MISSING, failure.REJECTED, failure.OVERRIDE):
        return None
    elif failed.kind == failure.DEFECT:
        return problem("internal", variable, reference, f"Vault could not be queried: {failed.words}")
    else:
        message = f"The server at {place.address} does not respond like Vault: {failed.words}"
        hint = "Check VAULT_ADDR and any proxy on the way."
    return problem("vault-unavailable", variable, reference, message, hint)


def login_failed(variable: str, reference: Reference, failed: RequestFailed, place: Whereabouts) -> Problem:
    """The login was refused, or could not be tried."""
    known = unavailable(variable, reference, failed, place)
    if known:
        if failed.kind in (failure.UNWELL, failure.FOREIGN):  # the auth method itself may have failed
            return known.but(message=f"{known.message}, at the login ({place.identity})")
        return known
    namespace = f" in {place.namespace}" if place.namespace else ""
    message = f"Vault at {place.address} refused the login{namespace} ({place.identity}): {failed.words}"
    hint = "Check the credentials, CONFCONTRACT_VAULT_AUTH_MOUNT and VAULT_NAMESPACE."
    return problem("vault-denied", variable, reference, message, hint)


def look_up_failed(variable: str, reference: Reference, failed: RequestFailed, place: Whereabouts) -> Problem:
    """The server refused to return the engine of the path."""
    known = unavailable(variable, reference, failed, place)
    if known:
        return known
    if failed.kind == failure.MISSING:
        return read_failed(variable, reference, failed, place)
    if place.token_is_valid is False:
        return _token_not_accepted(variable, reference, failed, place)
    message = (
        f"Vault denied {place.words(reference)} to the {place.identity}: no permission there, or no such mount"
        f" ({failed.words})"
    )
    mount, _, rest = place.path.partition("/")
    needed = f"read on {mount}/data/{rest} (KV version 2) or {place.path}"
    hint = (
        f"Check the mount, and that a policy of this identity allows {needed}{_held(place)}. If the token may read the"
        " secret but not look up its mount, set CONFCONTRACT_VAULT_KV_VERSION."
    )
    if reference.parameters:
        hint = (
            f"Check the mount, and that a policy of this identity allows update on {place.path}{_held(place)}. Where"
            " the server does not say which engine that is, nothing is written:"
            f" allow read on sys/internal/ui/mounts/{place.path} if a policy denies it."
        )
    return problem("vault-denied", variable, reference, message, hint + _doubt(place))


def read_failed(variable: str, reference: Reference, failed: RequestFailed, place: Whereabouts) -> Problem:
    known = unavailable(variable, reference, failed, place)
    if known:
        return known
    where = place.words(reference)
    if failed.kind == failure.DENIED and place.token_is_valid is False:
        return _token_not_accepted(variable, reference, failed, place)
    if failed.kind == failure.DENIED:
        message = f"Vault denied {where} to the {place.identity} ({failed.words})"
        api_path = f"{place.mount}/data{place.path[len(place.mount) :]}" if place.engine == "kv2" else place.path
        capability = "update, with these parameters," if reference.parameters else "read"
        hint = f"Check that a policy of this identity allows {capability} on {api_path}{_held(place)}."
        return problem("vault-denied", variable, reference, message, _without_data(place) + hint + _doubt(place))
    if failed.body is not None and (failed.body.get("deletion_time") or failed.body.get("destroyed") is True):
        return _deleted(variable, reference, failed.body, where)
    if failed.kind == failure.MISSING:
        return _missing(variable, reference, failed, place)
    if failed.status == 405:
        message = f"Vault can't read {where}: its engine only answers to writes there (HTTP 405)"
        hint = f"Give the parameters that it wants: {reference.mount_path}?NAME=VALUE#{reference.key}."
        return problem("reference-invalid", variable, reference, message, hint)
    if failed.kind == failure.OVERRIDE:
        message = f"Vault was queried for {where} as the wrong kind of engine: {failed.words}"
        hint = "Correct CONFCONTRACT_VAULT_KV_VERSION."
        return problem("vault-not-configured", variable, reference, message, hint)
    message = f"Vault refused the request for {where}: {failed.words}"
    hint = "Correct the reference, or Vault's configuration of this path."
    return problem("vault-denied", variable, reference, message, hint)


def _token_not_accepted(variable: str, reference: Reference, failed: RequestFailed, place: Whereabouts) -> Problem:
    namespace = f" in {place.namespace}" if place.namespace else ""
    message = f"Vault at {place.address} does not accept the {place.identity}{namespace} ({failed.words})"
    hint = "The token is expired, revoked, or from another server"
    hint += " or namespace" if namespace else ""
    hint += ": provide a new one, or configure a login method."
    return problem("vault-denied", variable, reference, message, hint)


def _held(place: Whereabouts) -> str:
    return f"; its policies are {', '.join(place.policies)}" if place.policies else ""


def _doubt(place: Whereabouts) -> str:
    return "" if place.token_is_valid else " Or the token itself is no longer valid, which could not be determined."


def _without_data(place: Whereabouts) -> str:
    """For a path of the API, as other tools expect it."""
    inner = place.path[len(place.mount) + 1 :]
    if place.engine != "kv2" or not inner.startswith("data/"):
        return ""
    return f"Leave out data/: write {place.mount}/{inner[5:]}, as in bao kv get. "


def _missing(variable: str, reference: Reference, failed: RequestFailed, place: Whereabouts) -> Problem:
    where = place.words(reference)
    hint = None
    if failed.cause == failure.NO_NAMESPACE:
        message, hint = "Vault does not have the namespace in VAULT_NAMESPACE", "Check VAULT_NAMESPACE."
    elif failed.cause == failure.NO_ENGINE:
        message, hint = f"Vault has no secrets engine at the mount of {where}", "Check the first part of the path."
    elif failed.cause == failure.ONLY_A_MOUNT:
        message, hint = (
            f"{where} names no secret: {failed.words}",
            f"Write {reference.mount_path}/PATH#{reference.key}.",
        )
    else:
        message = f"Vault has nothing at {where}"
        if reference.version is not None:
            message += f", or never had version {reference.version} of it"
        hint = _without_data(place).strip() or None
    return problem("vault-path-missing", variable, reference, message, hint)


def _deleted(variable: str, reference: Reference, metadata: object, where: str) -> Problem:
    assert isinstance(metadata, dict)
    which = f"latest version ({metadata['version']})" if reference.version is None else f"version {reference.version}"
    if metadata.get("destroyed") is True:
        message = f"The {which} of {where} in Vault is destroyed and can't be restored"
        hint = "Write a new version, or refer to another one with @VERSION."
    else:
        message, hint = f"The {which} of {where} in Vault is deleted", None
    return problem("vault-version-deleted", variable, reference, message, hint)


class Whereabouts:
    """Where a secret was requested. identity: ours, in words. path: after moves. mount: "" if not known.

    address: of the server, in words, including the proxy. token_is_valid: the result of looking up a given token after
    a denial, None if it can't be determined; a token that we logged in for is valid. policies: those of the token, if
    known. answered: whether the server has answered anything at all. namespace: what is safe to show: "namespace team",
    or only the variable that names it until it is known to be one; "" without.
    """

    __slots__ = (
        "address",
        "answered",
        "engine",
        "identity",
        "mount",
        "namespace",
        "path",
        "policies",
        "seconds",
        "token_is_valid",
    )

    def __init__(self, *, address: str, namespace: str, identity: str, path: str, seconds: float) -> None:
        self.address = address
        self.namespace = namespace
        self.identity = identity
        self.path = path
        self.seconds = seconds
        self.mount = ""
        self.engine = ""
        self.token_is_valid: bool | None = True
        self.policies: tuple[str, ...] = ()
        self.answered = False

    def words(self, reference: Reference) -> str:
        words = self.path
        if self.path != reference.mount_path:
            words += f" (moved there from {reference.mount_path})"
        if self.namespace:
            words += f" in {self.namespace}"
        return words
