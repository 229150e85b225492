"""Keeps leases of a store alive, and the token that they depend on, if any. Used by one thread."""

from __future__ import annotations

from confcontract.boot.rotation.schedule import LONGEST_PAUSE_SECONDS, RENEW, REPLACE, Term, at_two_thirds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from confcontract.boot.rotation.lent import Loan
    from confcontract.boot.rotation.state import State
    from confcontract.secrets.store import Failure, Lease, SecretStore, StoreToken, TokenKeeper

_ENDLESS = float("inf")
_LONGEST_ATTEMPT_SECONDS = 10.0
_SHORTEST_ATTEMPT_SECONDS = 0.3
_GIVE_BACK_SECONDS = 5.0


class Lending:
    """store: creates the store; first called when something was leased. clock: seconds, including sleep of the machine.
    state: is notified of failures.
    """

    def __init__(
        self, store: Callable[[], SecretStore], state: State, clock: Callable[[], float], random: Callable[[], float]
    ) -> None:
        self._make_store = store
        self._state = state
        self._clock = clock
        self._random = random
        self._token: StoreToken | None = None
        self._term: Term | None = None  # of the token
        self._look_up_at = _ENDLESS  # when to look up how long a given token is valid

    @property
    def store(self) -> SecretStore:
        return self._make_store()

    @property
    def _tokens(self) -> TokenKeeper:
        """A token has to be kept alive."""
        tokens = self.store.tokens
        assert tokens is not None
        return tokens

    @property
    def token_ends(self) -> float:
        return self._term.ends if self._term else _ENDLESS

    def adopt(self, loans: Iterable[Loan]) -> None:
        """Let `keep` keep these alive from now on."""
        for loan in loans:
            if loan.lease is None or loan.term is not None:
                continue
            lease = loan.lease
            if lease.seconds <= 0:
                self._state.log({"event": "lease-without-end", "path": lease.path, "ttl": lease.seconds})
            loan.term = Term(self._since(lease), lease.seconds or _ENDLESS, lease.renewable, self._random())
            if lease.seconds <= 0:
                loan.term.ends = loan.term.due = _ENDLESS
            loan.token = self._term if lease.identifier else None

    def see_token(self, loans: Sequence[Loan]) -> None:
        """Called after the store was used: it may have logged in again, because its token was refused."""
        tokens = self.store.tokens
        token = tokens.token if tokens is not None else None
        if token is None or (self._token is not None and token.value == self._token.value):
            return
        if self._token is not None:
            self._state.log({"event": "vault-token-replaced", "reason": "the previous one was refused or has expired"})
            self._token_is_new(loans)
            self._state.well("token")
        self._take(token)

    def keep(self, loans: Sequence[Loan]) -> None:
        """Renew what is due: the token first, since everything depends on it."""
        if self._clock() >= self._look_up_at:
            self._look_up(loans)
        self._keep_token(loans)
        for loan in loans:
            if loan.term is not None and loan.term.wants_renewal(self._clock()) and not self._renew(loan, loans):
                break

    def freshen(self, loans: Sequence[Loan]) -> None:
        """Called before a credential is created: a credential expires with its token, so replace a token that is half
        over and can't be renewed.
        """
        term = self._term
        if term is not None and term.action == REPLACE and term.remaining(self._clock()) < term.full / 2:
            self._log_in(loans)

    def dues(self, loans: Iterable[Loan]) -> list[float]:
        """The moments at which `keep`, or a replacement, has something to do."""
        terms = [self._term, *(loan.term for loan in loans)]
        return [term.due for term in terms if term is not None]

    def give_back(self, loans: Sequence[Loan]) -> None:
        """Revoke leases that are no longer used. Those that can't be revoked (a policy, no answer) expire."""
        now = self._clock()
        leases = [loan.lease for loan in loans if loan.lease and loan.lease.identifier and now < loan.ends()]
        if leases:
            self.store.revoke(leases, _GIVE_BACK_SECONDS)

    def give_back_all(self, loans: Sequence[Loan]) -> None:
        """At the end: also revoke leases that depend on a previous token."""
        if self._is_ours():
            self.give_back([loan for loan in loans if loan.token is not self._term])
        self.store.give_back()

    # -- leases

    def _renew(self, loan: Loan, loans: Sequence[Loan]) -> bool:
        """False if further requests to Vault make no sense at the moment."""
        from confcontract.secrets import store
        from confcontract.secrets.store import Failure

        assert loan.lease is not None
        assert loan.term is not None
        term = loan.term
        renewed = self.store.renew(loan.lease, self._attempt_seconds(loan.ends()))
        now = self._clock()
        if not isinstance(renewed, Failure):
            self._state.answered()
            self._state.well(loan.path)
            loan.lease = renewed
            term.renewed(self._since(renewed), renewed.seconds, renewed.renewable, self._random())
            if loan.token is not self._term and loan.token is not None:
                # it depends on a token that is no longer renewed
                term.action, term.due = REPLACE, min(term.due, now + at_two_thirds(loan.ends() - now, self._random()))
            return True
        self._state.answered(renewed.kind)
        self._state.log({"event": "lease-not-renewed", "path": loan.path, "reason": renewed.words})
        if renewed.kind == store.DENIED:
            return self._denied(loan, loans, renewed)
        if not renewed.retry:
            # The lease has ended, or another attempt would not help: get another credential.
            if renewed.kind == store.GONE:
                term.gone(now)
            else:
                term.not_renewable(now)
            return True
        self._state.ill(loan.path, f"{loan.path} is not renewed: {renewed.words}")
        for other in loans if renewed.everywhere else (loan,):
            if other.term is not None and (other is loan or other.term.wants_renewal(now)):
                other.term.not_renewed(now, self._random())
        return not renewed.everywhere

    def _denied(self, loan: Loan, loans: Sequence[Loan], denied: Failure) -> bool:
        """A policy denies the renewal, or the token is invalid; then everything that depends on it has ended."""
        from confcontract.secrets import store
        from confcontract.secrets.store import Failure

        assert loan.term is not None
        if self._token is None:
            loan.term.not_renewable(self._clock())
            return True
        looked = self._tokens.look_up_token(self._attempt_seconds(loan.ends()))
        now = self._clock()
        if not isinstance(looked, Failure):
            loan.term.not_renewable(now)
            return True
        if looked.kind != store.DENIED:
            loan.term.not_renewed(now, self._random())
            return False
        self._state.ill("token", f"Vault no longer accepts boot's token: {denied.words}")
        for other in loans:
            if other.token is self._term and other.term is not None:
                other.term.gone(now)
        self._log_in(loans, "is no longer known to Vault")
        return False

    # -- the token

    def _keep_token(self, loans: Sequence[Loan]) -> None:
        from confcontract.secrets.store import Failure

        term, now = self._term, self._clock()
        if term is None or now < term.due:
            return
        if term.action == RENEW and not term.expired(now):
            renewed = self._tokens.renew_token(self._attempt_seconds(term.ends))
            now = self._clock()
            if not isinstance(renewed, Failure):
                self._state.answered()
                self._state.well("token")
                term.renewed(self._since(renewed), renewed.seconds or 0.0, renewed.renewable, self._random())
                return
            self._state.answered(renewed.kind)
            self._state.log({"event": "vault-token-not-renewed", "reason": renewed.words})
            if renewed.retry:
                self._state.ill("token", f"the Vault token is not renewed: {renewed.words}")
                term.not_renewed(now, self._random())
                if not term.pressed:
                    return
        if any(loan.token is term for loan in loans) or not self._is_ours():
            self._log_in(loans)
        else:
            term.due = _ENDLESS  # nothing depends on it: the next read logs in

    def _log_in(self, loans: Sequence[Loan], why: str = "can't be renewed") -> None:
        """Get a new token; what depends on the old one is replaced before it expires. why: the reason for it."""
        from confcontract.secrets.store import Failure

        before = self._token
        token = self._tokens.log_in(self._attempt_seconds(self.token_ends))
        now = self._clock()
        if isinstance(token, Failure):
            self._state.answered(token.kind)
            self._state.ill("token", f"no new Vault token: {token.words}")
            if self._term:
                self._term.not_replaced(now, self._random())
            return
        self._state.answered()
        if before is not None and token.value == before.value:
            self._state.ill("token", f"the Vault token was given to boot and {why}")
            if self._term:
                self._term.not_replaced(now, self._random())
            return
        self._state.well("token")
        self._token_is_new(loans, planned=True)
        self._take(token)

    def _token_is_new(self, loans: Iterable[Loan], *, planned: bool = False) -> None:
        now = self._clock()
        for loan in loans:
            if loan.term is None or loan.token is not self._term:
                continue
            if planned or loan.term.action == REPLACE:
                loan.term.not_renewable(now)
            else:
                loan.term.due = now  # renewing it shows whether it has ended with the token

    def _take(self, token: StoreToken) -> None:
        self._token = token
        self._term = None
        if token.seconds is not None:
            self._term = Term(self._since(token), token.seconds, token.renewable, self._random())
        else:
            self._look_up_at = self._clock()

    def _look_up(self, loans: Iterable[Loan]) -> None:
        """Look up a given token, about which nothing is known. If that is not allowed, its leases show when it has
        expired.
        """
        from confcontract.secrets.store import Failure

        looked = self._tokens.look_up_token(_LONGEST_ATTEMPT_SECONDS)
        again = isinstance(looked, Failure) and looked.retry
        self._look_up_at = self._clock() + LONGEST_PAUSE_SECONDS if again else _ENDLESS
        if isinstance(looked, Failure) or looked.seconds is None:
            return
        self._take(looked)
        for loan in loans:
            if loan.lease is not None and loan.lease.identifier and loan.token is None:
                loan.token = self._term

    def _is_ours(self) -> bool:
        return self._token is not None and self._token.revocable

    # -- moments

    def _since(self, lent: Lease | StoreToken) -> float:
        """`obtained` on the rotation's clock: the two differ by the time that the machine has slept."""
        from time import monotonic

        return self._clock() - (monotonic() - lent.obtained)

    def _attempt_seconds(self, ends: float) -> float:
        """A part of the remaining time, so that there is time for something else after it."""
        remaining = ends - self._clock()
        if remaining <= 0:
            return _LONGEST_ATTEMPT_SECONDS  # it has already expired, possibly because of a slow network
        return min(max(remaining / 4, _SHORTEST_ATTEMPT_SECONDS), _LONGEST_ATTEMPT_SECONDS)
