"""A reader of secrets: the environment in, values and problems out. See the package for the variables it obeys."""

from __future__ import annotations

from confcontract.secrets.store import Fetched
from confcontract.secrets.vault.failure import DENIED, Failure
from confcontract.secrets.vault.server import NotConfigured, Server
from confcontract.secrets.vault.values import wanted_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeVar

    from confcontract.report.problem import Problem
    from confcontract.secrets.store import Lease
    from confcontract.secrets.vault.session import Session
    from confcontract.secrets.vault.token import Token
    from confcontract.secrets.vault.values import Wanted
    from confcontract.secrets.vault.visit import Visit

    MayMint = Callable[[Fetched], bool]
    Act = Callable[[Visit, Sequence[Wanted]], None]
    Place = tuple[str, str, str]
    Question = tuple[str, str]  # a variable, its references or one of them
    Result = TypeVar("Result")

DEADLINE_SECONDS = 60.0
GIVE_BACK_SECONDS = 5.0
RENEW_SECONDS = 10.0


class VaultReader:
    """Fetches secrets from the server that `environ` names; see the package for the variables.

    deadline_seconds: the total for one call, with all waits and logins. progress: called from the calling thread with
    a line for a person while something is awaited. log: called from the calling thread with one record (plain JSON
    data) for each failed attempt. Neither ever gets a secret. revoke_token: a token that we logged in for is revoked
    after each call, unless a lease hangs on it; False for whoever renews.

    A reader can be called again: it keeps its token, and logs in anew only when that has expired, is refused or was
    revoked. It is for one thread at a time.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        progress: Callable[[str], object] | None = None,
        log: Callable[[dict[str, object]], None] | None = None,
        revoke_token: bool = False,
    ) -> None:
        self._environ = environ
        self._deadline_seconds = deadline_seconds
        self._progress = progress
        self._log = log
        self._revoke_token = revoke_token
        self._token: Token | None = None
        self._leases: list[Lease] = []
        self._unwrapped: dict[str, str] = {}

    def __call__(
        self, references: Mapping[str, str], may_mint: MayMint | None = None, seconds: float | None = None
    ) -> Fetched:
        """Fetch each variable's reference. Never raises for what Vault or the environment does: that is in problems.

        What lies in a key-value engine is read first. What is made by reading it (database credentials, certificates)
        follows only if all of that went well, and if `may_mint`, called with what is known by then, agrees: a boot that
        fails mints nothing. seconds: the deadline of this call, if it is not the reader's own.
        """
        fetched = Fetched()
        asked = [wanted_of(variable, text) for variable, text in references.items()]
        self._visit(asked, fetched, lambda visit, wanted: visit.fetch(wanted, may_mint or _always), seconds)
        return fetched

    def check(self, questions: Iterable[Question]) -> list[Wanted]:
        """Like a call, but nothing is made: what would be is only asked for in terms of permissions (`mintable`).

        Returns what came of each question, in their order.
        """
        asked = [wanted_of(variable, text) for variable, text in questions]
        self._visit(asked, Fetched(), lambda visit, wanted: visit.fetch(wanted, None))
        return asked

    def engines(self, questions: Iterable[Question]) -> tuple[dict[str, Place], list[Problem]]:
        """Path → (mount, path in the mount, engine) of each reference's path, after moves. Nothing is read."""
        found: dict[str, Place] = {}
        fetched = Fetched()
        asked = [wanted_of(variable, text) for variable, text in questions]
        self._visit(asked, fetched, lambda visit, wanted: found.update(visit.engines(wanted)))
        return found, fetched.problems

    def give_back(self) -> None:
        """After a boot that failed: whatever was lent, and the token if we logged in for it, is of no use any more.

        Takes a few seconds at most. Never raises: what can't be given back ends by itself, and `log` says so.
        """
        leases, token = self._leases, self._token
        self._leases, self._token = [], None
        if token is None or not (leases or token.revocable):
            return
        try:
            session = self._session(Server(self._environ), GIVE_BACK_SECONDS, token)
        except NotConfigured:
            return
        try:
            session.give_back(token, leases, all_of_it=token.revocable)
        finally:
            session.close()

    @property
    def token(self) -> Token | None:
        """The token that is in use: None before the first call, and when it was revoked."""
        return self._token

    def renew(self, lease: Lease, seconds: float = RENEW_SECONDS) -> Lease | Failure:
        """Renew a lease within `seconds`, with retries. Returns the lease as it is now, or why it is not renewed.

        Failure.kind GONE: there is no such lease any more. NOT_RENEWABLE: it lasts, but no longer than it did. DENIED:
        by policy, or because the token is gone, and with it the lease. Failure.retry: Vault could not be asked in this
        time (unreachable, sealed, unwell), and another attempt may help. Never raises.
        """
        from confcontract.secrets.vault.token import renew_lease

        renewed = self._with_token(seconds, lambda session, token: renew_lease(session, token, lease))
        if not isinstance(renewed, Failure):
            self._leases = [renewed if held.identifier == lease.identifier else held for held in self._leases]
        return renewed

    def renew_token(self, seconds: float = RENEW_SECONDS) -> Token | Failure:
        """Renew our token; failures as with `renew`, where GONE is never one of them: an unknown token is DENIED."""
        from confcontract.secrets.vault.token import renew_token

        return self._keep(self._with_token(seconds, renew_token))

    def look_up_token(self, seconds: float = RENEW_SECONDS) -> Token | Failure:
        """Ask how long our token lasts and whether it can be renewed: of a given one nothing is known by itself."""
        from confcontract.secrets.vault.token import look_up_token

        return self._keep(self._with_token(seconds, look_up_token))

    def log_in(self, seconds: float = RENEW_SECONDS) -> Token | Failure:
        """A fresh token by a new login (a given one is read again). The one before is left as it is."""

        return self._keep(self._with_session(seconds, self._token, lambda session: session.log_in_anew()))

    def revoke(self, leases: Sequence[Lease], seconds: float = GIVE_BACK_SECONDS) -> list[Lease]:
        """Give leases back one by one. Returns those that Vault could not be told of: they end by themselves."""
        leases = [lease for lease in leases if lease.identifier]
        given = {lease.identifier for lease in leases}
        self._leases = [held for held in self._leases if held.identifier not in given]
        if not leases:
            return []
        kept = self._with_token(seconds, lambda session, token: session.give_back(token, leases, all_of_it=False))
        return list(leases) if isinstance(kept, Failure) else kept

    def _keep(self, token: Token | Failure) -> Token | Failure:
        if not isinstance(token, Failure):
            self._token = token
        return token

    def _with_token(self, seconds: float, act: Callable[[Session, Token], Result | Failure]) -> Result | Failure:
        token = self._token
        if token is None:
            return Failure(DENIED, "there is no token")
        return self._with_session(seconds, token, lambda session: act(session, token))

    def _with_session(
        self, seconds: float, token: Token | None, act: Callable[[Session], Result | Failure]
    ) -> Result | Failure:
        try:
            session = self._session(Server(self._environ), seconds, token)
        except NotConfigured as wrong:
            return Failure(DENIED, str(wrong))
        try:
            return act(session)
        finally:
            session.close()

    def _visit(self, asked: Sequence[Wanted], fetched: Fetched, act: Act, seconds: float | None = None) -> None:
        fetched.problems += [item.problem for item in asked if item.problem is not None]
        wanted = [item for item in asked if item.problem is None]
        if wanted:
            try:
                self._fetch(wanted, fetched, act, self._deadline_seconds if seconds is None else seconds)
            except NotConfigured as missing:
                from confcontract.secrets.vault.messages import not_configured

                for item in wanted:
                    item.problem = not_configured(item.variable, item.reference, missing)
                    fetched.problems.append(item.problem)

    def _fetch(self, wanted: Sequence[Wanted], fetched: Fetched, act: Act, seconds: float) -> None:
        from time import monotonic

        from confcontract.secrets.vault.engines import Mounts, Moves
        from confcontract.secrets.vault.visit import Visit

        start = monotonic()
        server, mounts, moves = Server(self._environ), Mounts(self._environ), Moves(self._environ)
        for item in wanted:
            item.paths = [moves.apply(reference.mount_path) for reference in item.references]
        spent = monotonic() - start
        session = self._session(server, max(seconds - spent, 0.0), self._token)
        try:
            act(Visit(session, server, mounts, seconds, fetched), wanted)
            self._token = session.token
            self._leases += [lease for lease in fetched.leases if lease.identifier]
            if self._revoke_token and self._token and self._token.revocable and not self._leases:
                session.revoke_token()
                self._token = None
        finally:
            session.close()

    def _session(self, server: Server, seconds: float, token: Token | None) -> Session:
        from random import random
        from time import monotonic

        from confcontract.secrets.vault.retry import Deadline
        from confcontract.secrets.vault.session import Session

        return Session(
            self._environ,
            server,
            Deadline(seconds, monotonic, random),
            token=token,
            unwrapped=self._unwrapped,
            progress=self._progress,
            log=self._log,
        )


def _always(_: Fetched) -> bool:
    return True
