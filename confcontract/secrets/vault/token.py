"""A Vault token: its validity, renewal of it and its leases, and unwrapping."""

from __future__ import annotations

import time

from confcontract.secrets.store import Lease
from confcontract.secrets.vault import api, failure
from confcontract.secrets.vault.exchange import Call
from confcontract.secrets.vault.failure import DENIED, RequestFailed
from confcontract.secrets.vault.values import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from confcontract.secrets.vault.connection import Connection

    class AskerAs(Protocol):
        """Sends a request with a given token; a `Session`."""

        connection: Connection

        def ask_as(self, token: Token, call: Call) -> RequestFailed | None: ...


class Token:
    """A token and its validity. seconds: None if it doesn't expire. obtained: monotonic clock, seconds.

    revocable: we logged in for it, so we may revoke it (batch tokens can't be revoked). policies: those that Vault said
    it has, for messages; empty if that is not known.
    """

    __slots__ = ("obtained", "policies", "renewable", "revocable", "seconds", "value")

    def __init__(self, value: str, *, revocable: bool = False) -> None:
        self.value = value
        self.seconds: float | None = None
        self.renewable = False
        self.revocable = revocable
        self.policies: tuple[str, ...] = ()
        self.obtained = time.monotonic()

    def expired(self) -> bool:
        return self.seconds is not None and time.monotonic() - self.obtained >= self.seconds

    def lasting(self, seconds: float | None, renewable: bool, since: float) -> Token:
        """The same token with a known validity."""
        known = Token(self.value, revocable=self.revocable)
        known.seconds, known.renewable, known.obtained = seconds, renewable, since
        known.policies = self.policies
        return known

    def __repr__(self) -> str:
        return f"Token(seconds={self.seconds}, renewable={self.renewable})"


def token_of(answer: Mapping[str, object], since: float) -> Token | RequestFailed:
    """The token in the answer to a login. since: monotonic clock, seconds."""
    auth = answer.get("auth")
    if not isinstance(auth, dict):
        return RequestFailed(failure.FOREIGN, "its answer to the login has no token in it")
    value = auth.get("client_token")
    if not isinstance(value, str) or not value:
        if auth.get("mfa_requirement"):
            return RequestFailed(failure.DENIED, "the login requires a second factor, which is not possible at boot")
        return RequestFailed(failure.FOREIGN, "its answer to the login has no token in it")
    if not (value.isascii() and value.isprintable() and " " not in value):
        return RequestFailed(failure.FOREIGN, "its answer to the login has an invalid token")
    seconds = whole(auth.get("lease_duration"))
    token = Token(value, revocable=auth.get("token_type") != "batch")
    token.policies = policies_of(auth)
    return token.lasting(float(seconds) if seconds > 0 else None, auth.get("renewable") is True, since)


def policies_of(about: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the policies in Vault's data about a token."""
    found: set[str] = set()
    for name in ("policies", "identity_policies"):
        listed = about.get(name)
        if isinstance(listed, list):
            found.update(policy for policy in listed if isinstance(policy, str))
    return tuple(sorted(found))


USED = (
    "the wrapped secret id is no longer valid: it was unwrapped before, or it has expired. If none of your "
    "processes used it, someone else did: revoke the secret id and issue a new one"
)
LOST = "the wrapped secret id was used by an earlier attempt whose response was lost; issue a new one"


def unwrap(to: Connection, token: str, mount: str, unwrapped: dict[str, str]) -> str:
    """The secret id inside of a wrapping token. Raises RequestFailed.

    It can be unwrapped once; if that works, no one else has unwrapped it.

    unwrapped: what was unwrapped already, by token; "" marks an attempt without an answer.

    The token's origin is checked first (sys/wrapping/lookup, which does not use it up): a token that was not wrapped at
    this AppRole mount has replaced the real one.
    """
    if unwrapped.get(token):
        return unwrapped[token]
    gone = LOST if token in unwrapped else USED
    try:
        origin = to.adapter.post("/v1/sys/wrapping/lookup", json={"token": token})
        path = str(_data(origin).get("creation_path", ""))
        if not (path.startswith(f"auth/{mount}/role/") and "/secret-id" in path):
            raise RequestFailed(
                DENIED, f"the wrapped secret id was not created by auth/{mount} (its token was created elsewhere)"
            )
        unwrapped[token] = ""
        answer = to.adapter.post("/v1/sys/wrapping/unwrap", headers={"X-Vault-Token": token})
    except RequestFailed as failed:
        if failed.status in (429, 503) and gone == USED:
            unwrapped.pop(token, None)  # refused completely: the secret id is still in it
        # Vault answers 400 for a wrapping token that it no longer knows.
        problem = RequestFailed(DENIED, gone, status=failed.status) if failed.status in (400, 403, 404) else failed
    else:
        secret_id = _data(answer).get("secret_id")
        if isinstance(secret_id, str) and secret_id:
            unwrapped[token] = secret_id
            to.adapter.hidden.add(secret_id)
            return secret_id
        problem = RequestFailed(DENIED, "the wrapping token holds no secret id")
    raise problem


def _data(answer: Mapping[str, object]) -> Mapping[str, object]:
    data = answer.get("data")
    return data if isinstance(data, dict) else {}


_NO_ANSWER = "its answer to a renewal is not from Vault"


def renew_lease(session: AskerAs, token: Token, lease: Lease) -> Lease | RequestFailed:
    """The renewed lease. It may be shorter than before: Vault caps it at its maximum TTL.

    Failures in addition to those of any request: GONE, NOT_RENEWABLE.
    """
    answer = _ask(session, token, Call(f"renewing {lease.path}", api.renew_lease(session.connection, lease.identifier)))
    if isinstance(answer, RequestFailed):
        return answer
    moment, said = answer
    if said.get("lease_id") != lease.identifier:
        return RequestFailed(failure.FOREIGN, _NO_ANSWER)
    seconds = float(whole(said.get("lease_duration")))
    return Lease(lease.identifier, lease.path, seconds, said.get("renewable") is True, moment)


def renew_token(session: AskerAs, token: Token) -> Token | RequestFailed:
    """The renewed token. Failures as with `renew_lease`."""
    return _told(token, _ask(session, token, Call("renewing the token", api.renew_token(session.connection))), "auth")


def look_up_token(session: AskerAs, token: Token) -> Token | RequestFailed:
    """The same token with its validity from Vault, which is not known for a given token."""
    return _told(token, _ask(session, token, Call("the token itself", api.look_up_token(session.connection))), "data")


def _told(token: Token, answer: tuple[float, Mapping[str, object]] | RequestFailed, part: str) -> Token | RequestFailed:
    if isinstance(answer, RequestFailed):
        return answer
    moment, said = answer
    about = said.get(part)
    if not isinstance(about, dict):
        return RequestFailed(failure.FOREIGN, _NO_ANSWER)
    # Only a look-up returns 0 for a token that never expires (a root token); a renewal returns it for an expired one.
    endless = part == "data" and about.get("expire_time", "") is None
    seconds = float(whole(about.get("lease_duration" if part == "auth" else "ttl")))
    return token.lasting(None if endless else seconds, about.get("renewable") is True, moment)


def _ask(session: AskerAs, token: Token, call: Call) -> tuple[float, Mapping[str, object]] | RequestFailed:
    """The answer, and the moment from which its seconds count."""
    failed = session.ask_as(token, call)
    return (call.started, call.answer or {}) if failed is None else _told_apart(failed)


def _told_apart(failed: RequestFailed) -> RequestFailed:
    """Vault uses the same 400 for a lease that is gone and one that can't be renewed: only its message differs."""
    if failed.cause in (failure.GONE, failure.NOT_RENEWABLE):
        return RequestFailed(failed.cause, failed.words, status=failed.status)
    return failed
