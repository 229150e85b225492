"""How one request to Vault can fail, as data: what happened, and whether another attempt may help.

`from_status` turns a server's answer into a failure, and `explain` an exception of the network.
"""

from __future__ import annotations

from confcontract.secrets import store

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping


DENIED = store.DENIED
GONE = store.GONE
NOT_RENEWABLE = store.NOT_RENEWABLE
UNREACHABLE = "unreachable"
TLS = "tls"
SEALED = "sealed"
UNWELL = "unwell"
UNINITIALISED = "uninitialised"
MISSING = "missing"
REJECTED = "rejected"
FOREIGN = "foreign"
# CONFCONTRACT_VAULT_KV_VERSION is not what the server has.
OVERRIDE = "override"
DEFECT = "defect"

# Causes: distinguish failures of one kind that need their own remedy or next step.
SILENCE = "silence"
NO_SUCH_HOST = "no-such-host"
OTHER_SCHEME = "other-scheme"
RATE_LIMIT = "rate-limit"
UPGRADING = "upgrading"
PERMISSION = "permission"
NO_NAMESPACE = "no-namespace"
NO_ENGINE = "no-engine"
ONLY_A_MOUNT = "only-a-mount"

# Vault has no codes except those of HTTP. Only here are its messages searched. Statuses → the phrase, in small letters,
# and what it means; the first match wins.
_SAID = (
    ((401, 403), "permission denied", PERMISSION),
    ((404,), "namespace not found", NO_NAMESPACE),
    ((404,), "no handler for route", NO_ENGINE),
    ((400,), "lease not found", GONE),
    ((400,), "lease expired", GONE),
    ((400,), "not renewable", NOT_RENEWABLE),
    ((400,), "cannot be renewed", NOT_RENEWABLE),
    # a key-value engine that was just mounted, or whose node has just taken over, answers this for a while
    ((400,), "will be unavailable for a brief period", UPGRADING),
    ((503,), "sealed", SEALED),
    ((), "rate limit", RATE_LIMIT),
)

_LONGEST_WORDS = 200


class RequestFailed(store.Failure):
    """One failed request.

    kind, cause: see above; most have no cause of their own. status: of HTTP, or None. retry_after: seconds or None.
    body: the data of a 404 of KV version 2 about a deleted version; never anything else. absent: Vault itself reports
    that there is nothing at this path, in an existing engine that may be read. answered_by: see `connection.Answer`.
    """

    def __init__(
        self,
        kind: str,
        words: str,
        *,
        cause: str = "",
        status: int | None = None,
        retry: bool = False,
        everywhere: bool = False,
        retry_after: float | None = None,
        body: Mapping[str, object] | None = None,
        absent: bool = False,
        answered_by: str = "",
    ) -> None:
        super().__init__(kind, words, retry=retry, everywhere=everywhere)
        self.cause = cause
        self.status = status
        self.retry_after = retry_after
        self.body = body
        self.absent = absent
        self.answered_by = answered_by


def no_answer(*, everywhere: bool = True) -> RequestFailed:
    return RequestFailed(UNREACHABLE, "no answer in time", cause=SILENCE, retry=True, everywhere=everywhere)


def from_status(
    status: int, body: object, text: str, asked: float | None, hidden: Iterable[str], unproven: Iterable[str] = ()
) -> RequestFailed:
    """The failure for an HTTP answer.

    body: its JSON or None. text: its beginning, to recognise a web server that is not Vault. asked: seconds of
    Retry-After. hidden: credentials to remove from the server's message; unproven: texts that may still be credentials.
    """
    from confcontract.secrets.vault.retry import worth_retrying

    cause = _cause(status, body)
    said = server_words(body, hidden, unproven)
    words = f"HTTP {status}" + (f", {said}" if said else "")
    retry = worth_retrying(status)
    if status == 407:
        return RequestFailed(FOREIGN, "the proxy requires a user and a password (HTTP 407)", status=status)
    if status == 404:
        return _missing(body, words, cause)
    if status == 501:
        return RequestFailed(UNINITIALISED, "it is not initialised (HTTP 501)", status=status)
    if cause == SEALED:
        return RequestFailed(SEALED, words, status=status, retry=True, everywhere=True, retry_after=asked)
    if status == 400 and "HTTP request to an HTTPS server" in text:
        return RequestFailed(TLS, "it uses HTTPS; write https:// in the address", cause=OTHER_SCHEME, status=status)
    if retry or cause == UPGRADING:
        everywhere = status in (429, 503)
        return RequestFailed(
            UNWELL, words, cause=cause, status=status, retry=True, everywhere=everywhere, retry_after=asked
        )
    if not (isinstance(body, dict) and isinstance(body.get("errors"), list)):
        return _not_vaults(status)
    return RequestFailed(DENIED if status in (401, 403) else REJECTED, words, cause=cause, status=status)


def _cause(status: int, body: object) -> str:
    said = "; ".join(_errors(body)).lower()
    return next((cause for of, phrase, cause in _SAID if phrase in said and (status in of or not of)), "")


def _errors(body: object) -> list[str]:
    """Vault's `errors`, each on one line."""
    errors = body.get("errors") if isinstance(body, dict) else None
    found = errors if isinstance(errors, list) else []
    return [" ".join(error.split()) for error in found if isinstance(error, str) and error.strip()]


def server_words(body: object, hidden: Iterable[str], unproven: Iterable[str] = ()) -> str:
    """Vault's `errors`, on one line, shortened, with every known credential removed."""
    said = "; ".join(text.removeprefix("1 error occurred: * ") for text in _errors(body))
    said = _without_names(said, unproven)
    for secret in sorted(hidden, key=len, reverse=True):
        said = said.replace(secret, "[hidden]")
    said = "".join(character for character in said if character.isprintable())
    return said if len(said) <= _LONGEST_WORDS else said[:_LONGEST_WORDS] + "…"


def _without_names(said: str, names: Iterable[str]) -> str:
    """Names in any case (Vault folds that of a role), and escaped as in a Go string; a short one as a whole word."""
    found = sorted((name for name in names if name), key=len, reverse=True)
    if not found:
        return said
    import json
    import re

    for name in found:
        for spelled in {name, json.dumps(name)[1:-1], json.dumps(name, ensure_ascii=False)[1:-1]}:
            pattern = re.escape(" ".join(spelled.split()))
            said = re.sub(pattern if len(name) >= 8 else rf"(?<!\w){pattern}(?!\w)", "[hidden]", said, flags=re.I)
    return said


def _missing(body: object, words: str, cause: str) -> RequestFailed:
    """For a missing secret, Vault returns only the status; for a missing mount or namespace, an error as well."""
    deleted = _deleted_version(body)
    if isinstance(body, dict) and "versioned K/V" in str(body.get("warnings")):
        return RequestFailed(OVERRIDE, "its mount is KV version 2", status=404)
    if not isinstance(body, dict) or not (deleted or isinstance(body.get("errors"), list)):
        return _not_vaults(404)
    absent = bool(deleted) or body.get("errors") == []
    return RequestFailed(MISSING, words, cause=cause, status=404, body=deleted, absent=absent)


def _not_vaults(status: int) -> RequestFailed:
    return RequestFailed(
        FOREIGN, f"it answered {status} with something that is not from Vault (a proxy's page?)", status=status
    )


def _deleted_version(body: object) -> Mapping[str, object] | None:
    """The metadata in the answer about a deleted or destroyed version; no other part of an answer is kept."""
    data = body.get("data") if isinstance(body, dict) else None
    metadata = data.get("metadata") if isinstance(data, dict) else None
    if not isinstance(metadata, dict):
        return None
    return {name: metadata.get(name) for name in ("version", "deletion_time", "destroyed")}


class NoConnection(TimeoutError):
    """Nothing answers at the address itself."""


class NotLetThrough(Exception):
    """A proxy refuses the connection to the server, with an HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def explain(error: BaseException, tls_name: str = "") -> RequestFailed:
    """The failure for an exception. Its own text is never used, because it can quote a request.

    tls_name: the value of VAULT_TLS_SERVER_NAME, which is not shown if it is wrong.
    """
    failed = _tls(error) or _network(error) or _protocol(error)
    if failed is None and isinstance(error, OSError):
        failed = _unreachable(f"the connection failed ({type(error).__name__})")
    if failed is None:
        return RequestFailed(DEFECT, f"a defect in confcontract ({type(error).__name__})")
    if tls_name:
        failed.words = failed.words.replace(repr(tls_name), "the name in VAULT_TLS_SERVER_NAME")
    return failed


def _tls(error: BaseException) -> RequestFailed | None:
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        return RequestFailed(TLS, f"its certificate was not accepted: {error.verify_message or 'not valid'}")
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)):
        return _unreachable("the connection was closed during the TLS handshake")
    if isinstance(error, ssl.SSLError):
        return _broken_tls(error)
    return None


def _network(error: BaseException) -> RequestFailed | None:
    import http.client
    import socket

    from confcontract.host.network_words import network_words

    if isinstance(error, NotLetThrough):
        return _tunnel(error.status)
    if isinstance(error, NoConnection):
        return _unreachable("no connection in time (nothing answers at that address)")
    if isinstance(error, TimeoutError):
        return no_answer()
    if isinstance(error, http.client.HTTPException):
        return None  # closed before an answer, possibly because it doesn't speak HTTP
    known = network_words(error)
    return _unreachable(known, NO_SUCH_HOST if isinstance(error, socket.gaierror) else "") if known else None


def _tunnel(status: int) -> RequestFailed:
    """A proxy's answer to a refused connection to an https server."""
    if status == 407:
        return RequestFailed(FOREIGN, "the proxy requires a user and a password (HTTP 407)", status=407)
    words = f"the proxy refused the connection (HTTP {status})"
    if status >= 500:
        return _unreachable(words)
    return RequestFailed(FOREIGN, words)


def _protocol(error: BaseException) -> RequestFailed | None:
    import http.client

    if isinstance(error, http.client.IncompleteRead):
        return _unreachable("its answer was truncated")
    if isinstance(error, (http.client.InvalidURL, UnicodeError)):
        return RequestFailed(FOREIGN, "its address, or that of the proxy, can't be used")
    if isinstance(error, http.client.HTTPException):
        return _unreachable("it closed the connection or does not use HTTP")
    return None


def _unreachable(words: str, cause: str = "") -> RequestFailed:
    return RequestFailed(UNREACHABLE, words, cause=cause, retry=True, everywhere=True)


def _broken_tls(error: ssl.SSLError) -> RequestFailed:
    reason = error.reason or ""
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        words = "it does not use HTTPS; write http:// in the address if that is intended"
        return RequestFailed(TLS, words, cause=OTHER_SCHEME)
    if "CERTIFICATE_REQUIRED" in reason or reason == "SSLV3_ALERT_BAD_CERTIFICATE":
        return RequestFailed(TLS, "it requires a client certificate (VAULT_CLIENT_CERT, VAULT_CLIENT_KEY)")
    from confcontract.host.network_words import tls_reason

    return RequestFailed(TLS, tls_reason(reason))
