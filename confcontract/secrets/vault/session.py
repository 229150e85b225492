"""One visit to a Vault server: log in, send requests, and repeat them after a new login if the token was not new."""

from __future__ import annotations

from confcontract.secrets.vault import api, auth, failure
from confcontract.secrets.vault.connection import SIDE_BY_SIDE, Connection
from confcontract.secrets.vault.exchange import Call, Exchange
from confcontract.secrets.vault.failure import RequestFailed
from confcontract.secrets.vault.server import NotConfigured
from confcontract.secrets.vault.token import Token, policies_of, token_of
from confcontract.secrets.waiting import Waiting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from confcontract.secrets.store import Lease
    from confcontract.secrets.vault.retry import Deadline
    from confcontract.secrets.vault.server import VaultServer


REVOKE_SECONDS = 2.0
_SURE_LENGTH = 20  # characters; a shorter token, as of a development server, may occur in other texts by chance


class Session:
    """token: of an earlier visit, or None. unwrapped: see `auth.identity`. Raises NotConfigured."""

    def __init__(
        self,
        environ: Mapping[str, str],
        server: VaultServer,
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
        self._telling = Telling(server, deadline, progress, log)
        self.identity = _identity(environ, unwrapped, token)
        self.identity.accepted = token is not None
        self.token = token
        if not server.verify:
            self._telling.record({"event": "vault-certificate-not-verified", "address": server.origin})
        self._logins = 0
        self.token_is_valid: bool | None = True
        self.connection = Connection(server, deadline)
        self._exchange = Exchange(
            deadline,
            side_by_side=SIDE_BY_SIDE,
            attempt_seconds=server.attempt_seconds,
            redirected=self._telling.redirected,
            failed=self._telling.failed,
            waiting=self._telling.waiting,
        )

    @property
    def answered(self) -> bool:
        """Whether Vault has answered anything in this visit."""
        return self._exchange.answered

    def log_in(self) -> RequestFailed | None:
        """Get a token, unless one from an earlier visit is still valid. None, or why there is none."""
        if self.token is None or self.token.expired():
            failed = self._log_in()
            if failed:
                return failed
        assert self.token is not None
        self._use(self.token)
        return None

    def ask(self, calls: Sequence[Call]) -> RequestFailed | None:
        """Complete the calls. None, or why the second login after a denied call failed.

        After a denial, `token_is_valid` says whether the token is valid. A token that we logged in for is.
        """
        failed = self._ask(calls)
        denied = any(call.failure is not None and call.failure.status == 403 for call in calls)
        if denied and self.token_is_valid is not False and self.identity.given:
            self.token_is_valid = self._look_at_token()
        return failed

    def _ask(self, calls: Sequence[Call]) -> RequestFailed | None:
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

    def ask_as(self, token: Token, call: Call) -> RequestFailed | None:
        """Complete one call with exactly this token. None, or why it failed."""
        self._use(token)
        self._exchange.run([call])
        return call.failure

    def log_in_anew(self) -> Token | RequestFailed:
        """A token by a new login, or the given one read again."""
        failed = self._log_in()
        if failed:
            return failed
        assert self.token is not None
        return self.token

    def is_our_token(self, text: str) -> bool:
        """Whether a value is or contains the token of our requests."""
        ours = self.token.value if self.token else ""
        return bool(ours) and (text == ours or (len(ours) >= _SURE_LENGTH and ours in text))

    def _look_at_token(self) -> bool | None:
        """Whether Vault knows the token at all; needed after a denial, which doesn't distinguish the two.

        Every token may list the mounts, whatever its policies; looking itself up needs the policy `default`, but works
        if a proxy blocks the list. Only if Vault itself denies both, it doesn't know the token. None if that can't be
        determined.
        """
        attempts = (api.list_mounts(self.connection), api.look_up_token(self.connection))
        calls = [Call("the token itself", attempt) for attempt in attempts]
        for call in calls:
            self._exchange.run([call])
        about = (calls[1].answer or {}).get("data")
        if self.token and isinstance(about, dict):
            self.token.policies = policies_of(about)
        failures = [call.failure for call in calls if call.failure]
        if len(failures) < len(calls):
            return True
        denied = [failed.cause == failure.PERMISSION for failed in failures]
        return False if all(denied) else None

    def revoke_token(self) -> None:
        """Revoke our own token, in one short attempt: a successful boot doesn't wait for cleaning up."""
        adapter = self.connection.adapter
        adapter.attempt_seconds = min(adapter.attempt_seconds, REVOKE_SECONDS)
        try:
            api.revoke_token(self.connection)()
        except RequestFailed as failed:
            self._telling.record({"event": "vault-token-not-revoked", "reason": failed.words, "status": failed.status})

    def give_back(self, token: Token, leases: Sequence[Lease], *, all_of_it: bool) -> list[Lease]:
        """Revoke leases: with the token that they depend on (all_of_it), or one by one. Returns those that stay."""
        self._use(token)
        if all_of_it:
            calls = [Call("revoking the token", api.revoke_token(self.connection))]
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
            self._telling.record(said)
        if all_of_it:
            return list(leases) if calls[0].failure else []
        return [lease for lease, call in zip(leases, calls, strict=True) if call.failure]

    def close(self) -> None:
        self._exchange.close()
        self.connection.close()

    def _may_be_stale(self) -> bool:
        """True if a new login may help. If a token that was just obtained for this visit is denied, that is final."""
        if self._logins > 1:
            return False
        if self._logins and self.token and not self.token.expired():
            # Denied although it is new: that is final, unless it was revoked in the meantime.
            return self._file_has_changed() or (self.identity.login is not None and self._look_at_token() is False)
        return self.identity.login is not None or self._file_has_changed()

    def _file_has_changed(self) -> bool:
        if self.identity.login is not None:
            return False
        try:
            given = auth.identity(self._environ, self._unwrapped).given
        except NotConfigured:
            return False
        return given != (self.token.value if self.token else self.identity.given)

    def _log_in(self) -> RequestFailed | None:
        self._logins += 1
        try:
            self.identity = auth.identity(self._environ, self._unwrapped)
        except NotConfigured as missing:
            return RequestFailed(failure.DENIED, str(missing))
        adapter = self.connection.adapter
        adapter.hidden.update(self.identity.hidden)
        login = self.identity.login
        if login is None:
            self._use(Token(self.identity.given))
            return None
        adapter.token = ""  # a login with a dead token attached would be refused
        adapter.unproven.update(self.identity.unproven)
        call = Call("the login", lambda: login(self.connection))
        self._exchange.run([call])
        if call.failure:
            return call.failure
        token = token_of(call.answer or {}, call.started)
        if isinstance(token, RequestFailed):
            return token
        self.identity.accepted = True
        adapter.unproven.difference_update(self.identity.unproven)
        self._use(token)
        return None

    def _use(self, token: Token) -> None:
        self.token = token
        self.connection.adapter.hidden.update((token.value, *self.identity.hidden))
        self.connection.adapter.token = token.value


def _identity(environ: Mapping[str, str], unwrapped: dict[str, str], token: Token | None) -> auth.Identity:
    """Our identity. While there is a token, missing credentials only matter at the next login."""
    try:
        return auth.identity(environ, unwrapped)
    except NotConfigured:
        if token is None:
            raise
        return auth.Identity("token of the last login", login=lambda _: {})


class Telling(Waiting):
    """progress and log: see `reader.VaultReader`."""

    __slots__ = ("_address", "_elsewhere")

    def __init__(
        self,
        server: VaultServer,
        deadline: Deadline,
        progress: Callable[[str], object] | None,
        log: Callable[[dict[str, object]], None] | None,
    ) -> None:
        attempt: dict[str, object] = {"event": "vault-attempt-failed", "address": server.origin}
        if server.proxy:
            attempt["proxy"] = server.proxy_words
        super().__init__(f"Vault at {server.words()}", "secrets", attempt, deadline, progress, log)
        self._address = server.origin
        self._elsewhere: set[str] = set()

    def redirected(self, call: Call) -> None:
        """Called once for each server that answers instead of the requested one."""
        if call.answered_by not in self._elsewhere:
            self._elsewhere.add(call.answered_by)
            self.record(
                {
                    "event": "vault-redirected",
                    "address": self._address,
                    "redirected_to": call.answered_by,
                    "about": call.about,
                }
            )
