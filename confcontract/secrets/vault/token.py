"""A token of Vault: how long it lasts, and whether it is ours to revoke."""

from __future__ import annotations

import time

from confcontract.secrets.vault import failure
from confcontract.secrets.vault.failure import Failure
from confcontract.secrets.vault.values import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Token:
    """A token and for how long it lasts. seconds: None if it doesn't end. obtained: monotonic clock, seconds.

    revocable: we logged in for it, so it is ours to revoke (batch tokens can't be). policies: those that
    Vault said it has, for messages; empty if that is not known.
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
        """The same token, of which it is now known that it lasts so long."""
        known = Token(self.value, revocable=self.revocable)
        known.seconds, known.renewable, known.obtained = seconds, renewable, since
        known.policies = self.policies
        return known

    def __repr__(self) -> str:
        return f"Token(seconds={self.seconds}, renewable={self.renewable})"


def granted(answer: Mapping[str, object], since: float) -> Token | Failure:
    """The token in the answer to a login. since: monotonic clock, seconds."""
    auth = answer.get("auth")
    if not isinstance(auth, dict):
        return Failure(failure.FOREIGN, "its answer to the login has no token in it")
    value = auth.get("client_token")
    if not isinstance(value, str) or not value:
        if auth.get("mfa_requirement"):
            return Failure(failure.DENIED, "the login asks for a second factor, which nobody can give at boot")
        return Failure(failure.FOREIGN, "its answer to the login has no token in it")
    if not (value.isascii() and value.isprintable() and " " not in value):
        return Failure(failure.FOREIGN, "its answer to the login has a token that is none")
    seconds = whole(auth.get("lease_duration"))
    token = Token(value, revocable=auth.get("token_type") != "batch")
    token.policies = policies_of(auth)
    return token.lasting(float(seconds) if seconds > 0 else None, auth.get("renewable") is True, since)


def policies_of(about: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the policies in what Vault says of a token."""
    found: set[str] = set()
    for name in ("policies", "identity_policies"):
        listed = about.get(name)
        if isinstance(listed, list):
            found.update(policy for policy in listed if isinstance(policy, str))
    return tuple(sorted(found))
