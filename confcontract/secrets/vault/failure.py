"""How one request to Vault can fail, as data: what happened, and whether another attempt may help."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

UNREACHABLE = "unreachable"
TLS = "tls"
SEALED = "sealed"
UNWELL = "unwell"
UNINITIALISED = "uninitialised"
DENIED = "denied"
MISSING = "missing"
REJECTED = "rejected"
# Of renewals only: the lease is over or was revoked; it lasts, but no longer than it did.
GONE = "gone"
NOT_RENEWABLE = "not-renewable"
FOREIGN = "foreign"
# CONFCONTRACT_VAULT_KV_VERSION is not what the server has.
OVERRIDE = "override"
DEFECT = "defect"

NO_ANSWER = "no answer in time"
ONLY_A_MOUNT = "it is a mount, and a path in it is needed"

_LONGEST_WORDS = 200


class Failure(Exception):
    """One failed request.

    kind: one of the words above. words: what happened, without any credential. status: of HTTP, or None. retry: another
    attempt may succeed. everywhere: the whole server is affected, not only this path. retry_after: seconds or None.
    body: what a 404 of KV version 2 says about a deleted version; never anything else. absent: Vault itself says that
    there is nothing at this path, in an engine that is there and may be read. answered_by: see `connection.Answer`.
    """

    def __init__(
        self,
        kind: str,
        words: str,
        *,
        status: int | None = None,
        retry: bool = False,
        everywhere: bool = False,
        retry_after: float | None = None,
        body: Mapping[str, object] | None = None,
        absent: bool = False,
        answered_by: str = "",
    ) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words
        self.status = status
        self.retry = retry
        self.everywhere = everywhere
        self.retry_after = retry_after
        self.body = body
        self.absent = absent
        self.answered_by = answered_by


def from_status(
    status: int, body: object, text: str, asked: float | None, hidden: Iterable[str], unproven: Iterable[str] = ()
) -> Failure:
    """The failure that an HTTP answer means.

    body: its JSON or None. text: its beginning, for the words that a web server rather than Vault says. asked: seconds
    of Retry-After. hidden: credentials that must not come back out of the server's own words; unproven: what may yet be
    one.
    """
    from confcontract.secrets.vault.retry import worth_retrying

    said = server_words(body, hidden, unproven)
    words = f"HTTP {status}" + (f", {said}" if said else "")
    retry = worth_retrying(status)
    if status == 407:
        return Failure(FOREIGN, "the proxy before it wants a user and a password (HTTP 407)", status=status)
    if status == 404:
        return _missing(body, words)
    if status == 501:
        return Failure(UNINITIALISED, "it is not initialised (HTTP 501)", status=status)
    if status == 503 and "sealed" in said.lower():
        return Failure(SEALED, words, status=status, retry=True, everywhere=True, retry_after=asked)
    if status == 400 and "HTTP request to an HTTPS server" in text:
        return Failure(TLS, "it speaks HTTPS; write https:// in the address", status=status)
    if retry or _is_upgrading(status, said):
        return Failure(UNWELL, words, status=status, retry=True, everywhere=status in (429, 503), retry_after=asked)
    if not (isinstance(body, dict) and isinstance(body.get("errors"), list)):
        return _not_vaults(status)
    return Failure(DENIED if status in (401, 403) else REJECTED, words, status=status)


def server_words(body: object, hidden: Iterable[str], unproven: Iterable[str] = ()) -> str:
    """What Vault says in `errors`, on one line, shortened, with every known credential taken out."""
    errors = body.get("errors") if isinstance(body, dict) else None
    if not isinstance(errors, list):
        return ""
    texts = (" ".join(error.split()) for error in errors if isinstance(error, str) and error.strip())
    said = "; ".join(text.removeprefix("1 error occurred: * ") for text in texts)
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


def _is_upgrading(status: int, said: str) -> bool:
    """A key-value engine that was mounted a moment ago, or whose node has just taken over, answers so for a while."""
    return status == 400 and "will be unavailable for a brief period" in said


def _missing(body: object, words: str) -> Failure:
    """Vault says of what is not there only that; a mount or a namespace that is not there comes with an error."""
    deleted = _deleted_version(body)
    if isinstance(body, dict) and "versioned K/V" in str(body.get("warnings")):
        return Failure(OVERRIDE, "its mount is KV version 2", status=404)
    if not isinstance(body, dict) or not (deleted or isinstance(body.get("errors"), list)):
        return _not_vaults(404)
    return Failure(MISSING, words, status=404, body=deleted, absent=bool(deleted) or body.get("errors") == [])


def _not_vaults(status: int) -> Failure:
    return Failure(FOREIGN, f"it answered {status} with something that is not Vault's (a proxy's page?)", status=status)


def _deleted_version(body: object) -> Mapping[str, object] | None:
    """The metadata in the answer about a deleted or destroyed version; no other part of an answer is kept."""
    data = body.get("data") if isinstance(body, dict) else None
    metadata = data.get("metadata") if isinstance(data, dict) else None
    if not isinstance(metadata, dict):
        return None
    return {name: metadata.get(name) for name in ("version", "deletion_time", "destroyed")}
