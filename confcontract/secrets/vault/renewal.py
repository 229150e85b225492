"""What keeps alive that which Vault has lent: a lease is renewed, and the token that it hangs on."""

from __future__ import annotations

from confcontract.secrets.vault import api, failure
from confcontract.secrets.vault.exchange import Call
from confcontract.secrets.vault.failure import Failure
from confcontract.secrets.vault.fetched import Lease
from confcontract.secrets.vault.values import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.secrets.vault.session import Session
    from confcontract.secrets.vault.token import Token

_NO_ANSWER = "its answer to a renewal is not Vault's"


def renew_lease(session: Session, token: Token, lease: Lease) -> Lease | Failure:
    """The lease as it is from now on. It may last shorter than it did: Vault caps it at the end of its life.

    Failures beside those of any request: GONE, NOT_RENEWABLE.
    """
    answer = _ask(session, token, Call(f"renewing {lease.path}", api.renew_lease(session.connection, lease.identifier)))
    if isinstance(answer, Failure):
        return answer
    moment, said = answer
    if said.get("lease_id") != lease.identifier:
        return Failure(failure.FOREIGN, _NO_ANSWER)
    seconds = float(whole(said.get("lease_duration")))
    return Lease(lease.identifier, lease.path, seconds, said.get("renewable") is True, moment)


def renew_token(session: Session, token: Token) -> Token | Failure:
    """The same token, which lasts on. Failures as with `renew_lease`."""
    return _told(token, _ask(session, token, Call("renewing the token", api.renew_token(session.connection))), "auth")


def look_up_token(session: Session, token: Token) -> Token | Failure:
    """The same token with what Vault says of how long it lasts: nothing is known of one that was given to us."""
    return _told(token, _ask(session, token, Call("the token itself", api.look_up_token(session.connection))), "data")


def _told(token: Token, answer: tuple[float, Mapping[str, object]] | Failure, part: str) -> Token | Failure:
    if isinstance(answer, Failure):
        return answer
    moment, said = answer
    about = said.get(part)
    if not isinstance(about, dict):
        return Failure(failure.FOREIGN, _NO_ANSWER)
    # Only a look at a token says 0 of one that never ends (a root token); a renewal says it of one that is over.
    endless = part == "data" and about.get("expire_time", "") is None
    seconds = float(whole(about.get("lease_duration" if part == "auth" else "ttl")))
    return token.lasting(None if endless else seconds, about.get("renewable") is True, moment)


def _ask(session: Session, token: Token, call: Call) -> tuple[float, Mapping[str, object]] | Failure:
    """The answer, and the moment from which its seconds count."""
    failed = session.ask_as(token, call)
    return (call.started, call.answer or {}) if failed is None else _told_apart(failed)


def _told_apart(failed: Failure) -> Failure:
    """Vault says with the same 400 that a lease is gone and that it can't be renewed: only its words differ."""
    if failed.status == 400 and ("lease not found" in failed.words or "lease expired" in failed.words):
        return Failure(failure.GONE, failed.words, status=400)
    if failed.status == 400 and ("not renewable" in failed.words or "cannot be renewed" in failed.words):
        return Failure(failure.NOT_RENEWABLE, failed.words, status=400)
    return failed
