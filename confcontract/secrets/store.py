"""The interface of a secret store for `resolve` and a supervisor, and its data.

Vault and OpenBao are such a store (`confcontract.VaultReader`). To keep secrets elsewhere, implement `SecretReader` for
static values, and `SecretStore` if some are leased. `confcontract.secrets` defines which of confcontract's own stores
reads what. No base class is needed, only the methods:

    class InMemory:
        configured = True

        def __init__(self, secrets):
            self._secrets = secrets

        def read(self, references):
            fetched = Fetched()
            for variable, text in references.items():
                reference = parse_references(text).alternatives[0]
                fetched.values[variable] = self._secrets[reference.mount_path][reference.key]
                fetched.references[variable] = reference.text
            return fetched

        def create(self, references):
            return Fetched()

        def close(self):
            pass

    resolve(contract, environ=environ, vault=InMemory({"secret/shop": {"password": "hunter2"}}))

A store knows nothing of contracts and verdicts. It is asked in one direction: `read`, then, if all is well with what
that gave, `create` for what it named as creatable, then `close`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from confcontract.report.problem import Problem
else:
    Protocol = object  # `typing` costs a boot 5 ms, and only type checkers need it


class Lease:
    """A lease from a store: it must be renewed within `seconds` of `obtained`, or it expires.

    identifier: the store's id, which is not secret; "" for something that expires without a lease and can't be revoked.
    path: where it was read. obtained: monotonic clock, seconds.
    """

    __slots__ = ("identifier", "obtained", "path", "renewable", "seconds")

    def __init__(self, identifier: str, path: str, seconds: float, renewable: bool, obtained: float) -> None:
        self.identifier = identifier
        self.path = path
        self.seconds = seconds
        self.renewable = renewable
        self.obtained = obtained

    def __repr__(self) -> str:
        return f"Lease({self.path!r}, seconds={self.seconds:g}, renewable={self.renewable})"


class Fetched:
    """A store's results for the references of some variables. Each variable is in exactly one of these:

    values: variable → the string for the environment. absent: variables whose reference is optional, and which the
    store does not have. unasked: variables whose store this environment does not name, so that nothing was requested: a
    default or a lower source may be used, as if a store is not `configured`. creatable: variable → its remaining
    references, as text, of which the first would create a credential; empty in an answer to `create`. problems: one for
    every other variable, which names it and shows no value.

    Of those with a value: references: variable → the alternative that had it, as `Reference.text`. created: those whose
    value was created for us → its lease, None if it has none. answered_by: those from another server than the requested
    one → that server's address. leases: all of them, also if no variable uses it.

    Its repr shows no value.
    """

    __slots__ = (
        "absent", "answered_by", "creatable", "created", "leases", "problems", "references", "unasked", "values"
    )  # fmt: skip

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.references: dict[str, str] = {}
        self.answered_by: dict[str, str] = {}
        self.absent: list[str] = []
        self.unasked: list[str] = []
        self.creatable: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.leases: list[Lease] = []
        self.created: dict[str, Lease | None] = {}

    def and_also(self, other: Fetched) -> Fetched:
        """Both together; `creatable` is that of the other."""
        both = Fetched()
        both.creatable = other.creatable
        for part in (self, other):
            both.values.update(part.values)
            both.references.update(part.references)
            both.answered_by.update(part.answered_by)
            both.created.update(part.created)
            both.absent += part.absent
            both.unasked += part.unasked
            both.problems += part.problems
            both.leases += part.leases
        return both

    def __repr__(self) -> str:
        return f"Fetched(values of {sorted(self.values)}, {len(self.problems)} problems, {len(self.leases)} leases)"


# Kinds of failure that renewing code distinguishes. A store may have more of them.
DENIED = "denied"  # by a policy, or because our credentials are no longer valid
GONE = "gone"  # the lease no longer exists
NOT_RENEWABLE = "not-renewable"  # the lease is valid, but can't be extended


class Failure(Exception):
    """A failed request to a store. The methods of a `SecretStore` return it instead of raising it.

    kind: one of the words above, or one of the store's own. words: what happened, for a person, without any credential.
    retry: another attempt may succeed. everywhere: the whole store is affected, not only this secret.
    """

    def __init__(self, kind: str, words: str, *, retry: bool = False, everywhere: bool = False) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words
        self.retry = retry
        self.everywhere = everywhere


class SecretReader(Protocol):
    """The part of a store that a verdict uses. Used by one thread at a time; it can be used again after `close`.

    No method raises because of the store or the environment: that is in the problems of the result. No method may show
    a value except in `Fetched.values`.
    """

    @property
    def configured(self) -> bool:
        """Whether the store is configured. Otherwise nothing is read, and a default or a lower source may be used."""

    def read(self, references: Mapping[str, str], /) -> Fetched:
        """Read stored values, and report what would be created; nothing is created.

        references: variable → its references as an operator writes them, see `contract.reference.parse_references`: the
        first that exists is used, and none has to exist if they are optional.
        """

    def create(self, references: Mapping[str, str], /) -> Fetched:
        """Create everything that the last `read` has named in `creatable`. Not called if there are problems."""

    def close(self) -> None:
        """This verdict needs no more requests: close connections. Leases stay."""


class StoreToken(Protocol):
    """A store's token. Each member is data."""

    @property
    def value(self) -> str:
        """Only to detect that it is another one; never shown."""

    @property
    def seconds(self) -> float | None:
        """How long it is valid from `obtained` on; None if that is not known, or it doesn't expire."""

    @property
    def obtained(self) -> float:
        """Monotonic clock, seconds."""

    @property
    def renewable(self) -> bool: ...

    @property
    def revocable(self) -> bool:
        """Whether we may revoke it, because the store logged in for it."""


class TokenKeeper(Protocol):
    """The token of a store whose leases depend on it, for code that keeps both alive. No method raises."""

    @property
    def token(self) -> StoreToken | None:
        """The current token; None before the first `read`, and after it was revoked."""

    def renew_token(self, seconds: float, /) -> StoreToken | Failure:
        """Renew it within `seconds`. DENIED: it is no longer valid."""

    def look_up_token(self, seconds: float, /) -> StoreToken | Failure:
        """Look up how long it is valid and whether it can be renewed, if that is not known."""

    def log_in(self, seconds: float, /) -> StoreToken | Failure:
        """Get another one, or the same if it was given to us. The previous one is left as it is."""


class SecretStore(SecretReader, Protocol):
    """The part of a store for code that maintains leases. No method raises."""

    def read(self, references: Mapping[str, str], seconds: float | None = None, /) -> Fetched:
        """As in `SecretReader`. seconds: for this and the `create` after it; default: the store's own."""

    @property
    def tokens(self) -> TokenKeeper | None:
        """The keeper of the token that leases depend on; None if leases don't depend on a token."""

    def renew(self, lease: Lease, seconds: float, /) -> Lease | Failure:
        """Renew a lease within `seconds`. Returns the lease as it is now, or why it was not renewed."""

    def revoke(self, leases: Sequence[Lease], seconds: float, /) -> list[Lease]:
        """Revoke leases within `seconds`. Returns those that stay until they expire."""

    def give_back(self) -> None:
        """Revoke all leases, within a few seconds, after a failed boot or the end of the application."""
