"""A reader of secrets: the environment in, values and problems out. See the package for the variables it obeys."""

from __future__ import annotations

from confcontract.contract.schemes import VAULT
from confcontract.secrets.store import DENIED, Failure, Fetched
from confcontract.secrets.vault.server import NotConfigured, VaultServer, configured
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

    Act = Callable[[Visit, Sequence[Wanted]], None]
    Located = tuple[str, str, str]  # mount, path in the mount, engine
    Question = tuple[str, str]  # a variable, its references or one of them
    Result = TypeVar("Result")

DEADLINE_SECONDS = 60.0
GIVE_BACK_SECONDS = 5.0
RENEW_SECONDS = 10.0


class VaultReader:
    """The `SecretStore` that is Vault or OpenBao: the server that `environ` names; see the package for the variables.

    deadline_seconds: the total for one `read` and the `create` after it, with all waits and logins. progress: called
    from the calling thread with a line for a person while something is awaited. log: called from the calling thread
    with one record (plain JSON data) for each failed attempt. Neither ever gets a secret. revoke_token: a token that we
    logged in for is revoked by `close`, unless a lease depends on it; False if it is going to be renewed.

    A reader can be used again: it keeps its token, and logs in again only when that has expired, is refused or was
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
        self._visit: Visit | None = None  # from a read until `close`

    @property
    def configured(self) -> bool:
        """Whether the environment names a server."""
        return configured(self._environ)

    def read(self, references: Mapping[str, str], seconds: float | None = None) -> Fetched:
        """Read stored values, and name what would be created by reading it (database credentials, certificates). Never
        raises because of Vault or the environment: that is in problems.

        seconds: the deadline of this call and of the `create` after it, if it is not the reader's own.
        """
        asked = [wanted_of(variable, text) for variable, text in references.items()]
        return self._begin(asked, lambda visit, wanted: visit.read(wanted), seconds)

    def create(self, references: Mapping[str, str]) -> Fetched:
        """Create what the last `read` has named as creatable.

        It continues that `read`: with its deadline, and with what is known about mounts and absent alternatives.
        """
        assert self._visit is not None, "call create() only after a read() that named something to create"
        self._visit.create(references)
        return self._ended(self._visit)

    def check(self, questions: Iterable[Question]) -> list[Wanted]:
        """Like `read`, but only checks the permission for what would be created.

        Returns the result of each question, in their order.
        """
        asked = [wanted_of(variable, text) for variable, text in questions]
        try:
            self._begin(asked, lambda visit, wanted: visit.check(wanted))
        finally:
            self.close()
        return asked

    def engines(self, questions: Iterable[Question]) -> tuple[dict[str, Located], list[Problem]]:
        """Path → (mount, path in the mount, engine) of each reference's path, after moves. Nothing is read."""
        found: dict[str, Located] = {}
        asked = [wanted_of(variable, text) for variable, text in questions]
        try:
            fetched = self._begin(asked, lambda visit, wanted: found.update(visit.engines(wanted)))
        finally:
            self.close()
        return found, fetched.problems

    def close(self) -> None:
        """Close connections, and revoke a token that we logged in for, if `revoke_token` is true."""
        visit, self._visit = self._visit, None
        if visit is None:
            return
        try:
            if self._revoke_token and self._token and self._token.revocable and not self._leases:
                visit.session.revoke_token()
                self._token = None
        finally:
            visit.session.close()

    def give_back(self) -> None:
        """After a failed boot: revoke all leases, and the token if we logged in for it.

        Takes a few seconds at most. Never raises: what can't be revoked expires, and `log` reports that.
        """
        self.close()
        leases, token = self._leases, self._token
        self._leases, self._token = [], None
        if token is None or not (leases or token.revocable):
            return
        try:
            session = self._session(VaultServer(self._environ), GIVE_BACK_SECONDS, token)
        except NotConfigured:
            return
        try:
            session.give_back(token, leases, all_of_it=token.revocable)
        finally:
            session.close()

    @property
    def tokens(self) -> VaultReader:
        """The keeper of the token: see `secrets.store.TokenKeeper`."""
        return self

    @property
    def token(self) -> Token | None:
        """The current token: None before the first call, and after it was revoked."""
        return self._token

    def renew(self, lease: Lease, seconds: float = RENEW_SECONDS) -> Lease | Failure:
        """Renew a lease within `seconds`, with retries. Returns the lease as it is now, or why it was not renewed.

        Failure.kind GONE: the lease no longer exists. NOT_RENEWABLE: the lease is valid, but can't be extended. DENIED:
        by a policy, or because the token has ended, and with it the lease. Failure.retry: Vault could not be reached in
        this time (unreachable, sealed, failing), and another attempt may help. Never raises.
        """
        from confcontract.secrets.vault.token import renew_lease

        renewed = self._with_token(seconds, lambda session, token: renew_lease(session, token, lease))
        if not isinstance(renewed, Failure):
            self._leases = [renewed if held.identifier == lease.identifier else held for held in self._leases]
        return renewed

    def renew_token(self, seconds: float = RENEW_SECONDS) -> Token | Failure:
        """Renew our token; failures as with `renew`, except GONE: an unknown token is DENIED."""
        from confcontract.secrets.vault.token import renew_token

        return self._keep(self._with_token(seconds, renew_token))

    def look_up_token(self, seconds: float = RENEW_SECONDS) -> Token | Failure:
        """Look up how long our token is valid and whether it can be renewed, which is not known for a given token."""
        from confcontract.secrets.vault.token import look_up_token

        return self._keep(self._with_token(seconds, look_up_token))

    def log_in(self, seconds: float = RENEW_SECONDS) -> Token | Failure:
        """A new token by a new login (a given one is read again). The previous one is left as it is."""

        return self._keep(self._with_session(seconds, self._token, lambda session: session.log_in_anew()))

    def revoke(self, leases: Sequence[Lease], seconds: float = GIVE_BACK_SECONDS) -> list[Lease]:
        """Revoke leases one by one. Returns those for which that failed: they expire."""
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
            session = self._session(VaultServer(self._environ), seconds, token)
        except NotConfigured as wrong:
            return Failure(DENIED, str(wrong))
        try:
            return act(session)
        finally:
            session.close()

    def _begin(self, asked: Sequence[Wanted], act: Act, seconds: float | None = None) -> Fetched:
        """Start a visit for the request, which stays open until `close`."""
        self.close()
        for item in asked:
            if item.problem is None and any(reference.scheme != VAULT for reference in item.references):
                from confcontract.secrets.vault.wording import of_another_store

                item.problem = of_another_store(item.variable, item.references)
        problems = [item.problem for item in asked if item.problem is not None]
        wanted = [item for item in asked if item.problem is None]
        fetched = Fetched()
        if wanted:
            try:
                self._visit = self._open(wanted, self._deadline_seconds if seconds is None else seconds)
                act(self._visit, wanted)
                fetched = self._ended(self._visit)
            except NotConfigured as missing:
                from confcontract.secrets.vault.wording import not_configured

                for item in wanted:
                    item.problem = not_configured(item.variable, item.reference, missing)
                    problems.append(item.problem)
        fetched.problems[:0] = problems
        return fetched

    def _open(self, wanted: Sequence[Wanted], seconds: float) -> Visit:
        from time import monotonic

        from confcontract.secrets.vault.engines import Mounts, Moves
        from confcontract.secrets.vault.visit import Visit

        start = monotonic()
        server, mounts, moves = VaultServer(self._environ), Mounts(self._environ), Moves(self._environ)
        for item in wanted:
            item.paths = [moves.apply(reference.mount_path) for reference in item.references]
        spent = monotonic() - start
        return Visit(self._session(server, max(seconds - spent, 0.0), self._token), server, mounts, seconds)

    def _ended(self, visit: Visit) -> Fetched:
        """The result of a part of a visit. Take over its token and its leases."""
        fetched = visit.taken()
        self._token = visit.session.token
        self._leases += [lease for lease in fetched.leases if lease.identifier]
        return fetched

    def _session(self, server: VaultServer, seconds: float, token: Token | None) -> Session:
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
