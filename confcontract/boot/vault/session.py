"""One visit to a Vault server: log in, ask, and ask once more with a fresh login where the token was not fresh."""

from __future__ import annotations

from confcontract.boot.vault import api, auth, failure
from confcontract.boot.vault.connection import SIDE_BY_SIDE, Connection
from confcontract.boot.vault.exchange import Call, Exchange
from confcontract.boot.vault.failure import Failure
from confcontract.boot.vault.server import NotConfigured
from confcontract.boot.vault.token import Token, granted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from confcontract.boot.vault.fetched import Lease
    from confcontract.boot.vault.retry import Deadline
    from confcontract.boot.vault.server import Server

REVOKE_SECONDS = 2.0


class Session:
    """token: of an earlier visit, or None. unwrapped: see `auth.identity`. Raises NotConfigured."""

    def __init__(
        self,
        environ: Mapping[str, str],
        server: Server,
        deadline: Deadline,
        *,
        token: Token | None,
        unwrapped: dict[str, str],
        progress: Callable[[str], object] | None,
        log: Callable[[dict[str, object]], None] | None,
    ) -> None:
        self._environ = environ
        self._server = server
        self._deadline = deadline
        self._unwrapped = unwrapped
        self._progress = progress
        self._log = log
        self._reason = ""
        self._told = ("", -1.0)  # reason and moment of the last progress: one a second, unless there is news
        self.identity = _identity(environ, unwrapped, token)
        self.token = token
        if not server.verify:
            self._tell({"event": "vault-certificate-not-verified", "address": server.address})
        self._logins = 0
        self.connection = Connection(server, deadline)
        self._exchange = Exchange(
            deadline,
            side_by_side=SIDE_BY_SIDE,
            attempt_seconds=server.attempt_seconds,
            failed=self._tell_failure,
            waiting=self._tell_wait,
        )

    def log_in(self) -> Failure | None:
        """Get a token, unless one from an earlier visit is still good. None, or why there is none."""
        if self.token is None or self.token.expired():
            failed = self._log_in()
            if failed:
                return failed
        assert self.token is not None
        self._use(self.token)
        return None

    def ask(self, calls: Sequence[Call]) -> Failure | None:
        """Run the calls to their end. None, or why the second login, which a denied call asked for, failed."""
        self._exchange.run(calls)
        denied = [call for call in calls if call.failure and call.failure.kind == failure.DENIED]
        if not denied or not self._may_be_stale():
            return None
        failed = self._log_in()
        if failed:
            return failed
        for call in denied:
            call.failure = None
        self._exchange.run(denied)
        return None

    def ask_as(self, token: Token, call: Call) -> Failure | None:
        """Run one call to its end with this very token. None, or why it failed."""
        self._use(token)
        self._exchange.run([call])
        return call.failure

    def log_in_anew(self) -> Token | Failure:
        """A token by a new login, or the given one read again."""
        failed = self._log_in()
        if failed:
            return failed
        assert self.token is not None
        return self.token

    def token_is_valid(self) -> bool | None:
        """Whether Vault knows the token at all: to be asked after a denial, which says the same in either case.

        The list of mounts is shown to any token, whatever its policies; a look at itself needs the policy `default`,
        but passes where a proxy blocks the list. Only a token that Vault itself denies both is one that it doesn't
        know. None where that can't be told.
        """
        denied = 0
        for attempt in (api.list_mounts(self.connection), api.look_up_token(self.connection)):
            call = Call("the token itself", attempt)
            self._exchange.run([call])
            if call.failure is None:
                return True
            denied += call.failure.kind == failure.DENIED and "permission denied" in call.failure.words
        return False if denied == 2 else None

    def revoke_token(self) -> None:
        """Revoke our own token, in one short attempt: a boot that went well doesn't wait for its tidying up."""
        adapter = self.connection.adapter
        adapter.attempt_seconds = min(adapter.attempt_seconds, REVOKE_SECONDS)
        try:
            api.revoke_token(self.connection)()
        except Failure as failed:
            self._tell({"event": "vault-token-not-revoked", "reason": failed.words, "status": failed.status})

    def give_back(self, token: Token, leases: Sequence[Lease], *, all_of_it: bool) -> list[Lease]:
        """Revoke leases: with the token that they hang on (all_of_it), or one by one. Returns those that stay."""
        self._use(token)
        if all_of_it:
            calls = [Call("giving the token back", api.revoke_token(self.connection))]
        else:
            calls = [
                Call(f"giving {lease.path} back", api.revoke_lease(self.connection, lease.identifier))
                for lease in leases
            ]
        self._exchange.run(calls)
        for call in calls:
            said: dict[str, object] = {"event": "vault-given-back", "about": call.about}
            if call.failure:
                said = {"event": "vault-not-given-back", "about": call.about, "reason": call.failure.words}
                said["lasts_seconds"] = max((lease.seconds for lease in leases), default=token.seconds)
            self._tell(said)
        if all_of_it:
            return list(leases) if calls[0].failure else []
        return [lease for lease, call in zip(leases, calls, strict=True) if call.failure]

    def close(self) -> None:
        self._exchange.close()
        self.connection.close()

    def _may_be_stale(self) -> bool:
        """True if a new login may help. A token that was just obtained for this visit is denied for good."""
        if self._logins > 1:
            return False
        if self._logins and self.token and not self.token.expired():
            # Denied though it is fresh: that is final, unless somebody revoked it in the meantime.
            return self._file_has_changed() or (self.identity.login is not None and self.token_is_valid() is False)
        return self.identity.login is not None or self._file_has_changed()

    def _file_has_changed(self) -> bool:
        if self.identity.login is not None:
            return False
        try:
            given = auth.identity(self._environ, self._unwrapped).given
        except NotConfigured:
            return False
        return given != (self.token.value if self.token else self.identity.given)

    def _log_in(self) -> Failure | None:
        self._logins += 1
        try:
            self.identity = auth.identity(self._environ, self._unwrapped)
        except NotConfigured as missing:
            return Failure(failure.DENIED, str(missing))
        adapter = self.connection.adapter
        adapter.hidden.update(self.identity.hidden)
        login = self.identity.login
        if login is None:
            self._use(Token(self.identity.given))
            return None
        adapter.token = ""  # a login with a dead token attached would be refused
        call = Call("the login", lambda: login(self.connection))
        self._exchange.run([call])
        if call.failure:
            return call.failure
        token = granted(call.answer or {}, call.started)
        if isinstance(token, Failure):
            return token
        self._use(token)
        return None

    def _use(self, token: Token) -> None:
        self.token = token
        self.connection.adapter.hidden.update((token.value, *self.identity.hidden))
        self.connection.adapter.token = token.value

    def _tell(self, record: dict[str, object]) -> None:
        if self._log:
            self._log(record)

    def _tell_failure(self, call: Call, failed: Failure, pause: float | None) -> None:
        self._reason = failed.words
        self._tell(
            {
                "event": "vault-attempt-failed",
                "address": self._server.address,
                "about": call.about,
                "attempt": call.attempts,
                "reason": failed.words,
                "status": failed.status,
                "retry_in_seconds": None if pause is None else round(pause, 3),
                "elapsed_seconds": round(self._deadline.elapsed(), 3),
                "deadline_seconds": round(self._deadline.seconds, 3),
            }
        )
        if pause is not None:
            self._tell_wait([call])

    def _tell_wait(self, calls: Sequence[Call]) -> None:
        elapsed = self._deadline.elapsed()
        again = self._reason == self._told[0] and elapsed - self._told[1] < 1.0
        if self._progress and not again and (self._reason or elapsed >= 1.0):
            self._told = (self._reason, elapsed)
            about = calls[0].about if len(calls) == 1 else f"{len(calls)} secrets"
            self._progress(
                f"waiting for Vault at {self._server.words()} ({elapsed:.0f} s of {self._deadline.seconds:.0f} s): "
                f"{self._reason or 'no answer yet'}, for {about}"
            )


def _identity(environ: Mapping[str, str], unwrapped: dict[str, str], token: Token | None) -> auth.Identity:
    """Who we are. While there is a token, credentials that have gone are missed only at the next login."""
    try:
        return auth.identity(environ, unwrapped)
    except NotConfigured:
        if token is None:
            raise
        return auth.Identity("token of the last login", login=lambda _: {})
