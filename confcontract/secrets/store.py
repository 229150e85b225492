"""What a secret store is: the interface that `resolve` and a supervisor ask, and the data that they get.

Vault and OpenBao are such a store (`confcontract.VaultReader`). Whoever keeps secrets elsewhere implements
`SecretReader` for static values, and `SecretStore` if some are leased. Which store of confcontract's own
reads what is said in `confcontract.secrets`. No base class is needed, only the
methods:

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
    Protocol = object  # `typing` costs a boot 5 ms, and only type checkers look at it


class Lease:
    """Something that a store has leased: it must be renewed within `seconds` of `obtained`, or is gone.

    identifier: what the store knows it by, not a secret by itself; "" for what has an end but no lease, and can't be
    revoked. path: where it was read. obtained: monotonic clock, seconds.
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
    """What a store gives for the references of some variables. Each variable is in exactly one of these:

    values: variable → the string for the environment. absent: variables whose reference is optional, and which the
    store does not have. unasked: variables whose store this environment does not name, so that no one was asked: a
    default or a lower source may do, as where a store is not `configured`. creatable: variable → its references that
    are left, as text, of which the first would have a credential created; in an answer to `create` it is empty.
    problems: of every other variable one, which names it and shows no value.

    Of those with a value: references: variable → the alternative that gave it, as `Reference.text` has it. created:
    those whose value was created for us → the lease that it hangs on, None if it has none. answered_by: those that
    another server gave than the one that was asked → that server's address. leases: all of them, also if no
    variable uses it.

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
        """Both together, of which the other has the last word on what is creatable."""
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


# Kinds of failure that whoever renews tells apart. A store may have more of them.
DENIED = "denied"  # by policy, or because our credentials are not good any more
GONE = "gone"  # there is no such lease any more
NOT_RENEWABLE = "not-renewable"  # it lasts, but no longer than it did


class Failure(Exception):
    """One request to a store that failed. It is returned rather than raised by what a `SecretStore` does.

    kind: one of the words above, or of the store's own. words: what happened, for a person, without any credential.
    retry: another attempt may succeed. everywhere: the whole store is affected, not only this secret.
    """

    def __init__(self, kind: str, words: str, *, retry: bool = False, everywhere: bool = False) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words
        self.retry = retry
        self.everywhere = everywhere


class SecretReader(Protocol):
    """What a verdict asks of a store. Used by one thread at a time; it can be used again after `close`.

    No method raises for what the store or the environment does: that is in the problems of what is returned. None may
    show a value in anything but `Fetched.values`.
    """

    @property
    def configured(self) -> bool:
        """Whether there is anything to ask. Else nothing is read, and a default or a lower source may do."""

    def read(self, references: Mapping[str, str], /) -> Fetched:
        """Read what merely lies there, and say what would be created; nothing is.

        references: variable → its references as an operator writes them, see `contract.reference.parse_references`:
        the first that is there counts, and none has to be there if they are optional.
        """

    def create(self, references: Mapping[str, str], /) -> Fetched:
        """Have created what the last `read` has named in `creatable`, all of it. Not called if anything is wrong."""

    def close(self) -> None:
        """Nothing more is asked for this verdict: let go of connections. Leases stays."""


class StoreToken(Protocol):
    """What a store knows us by. Each member is data."""

    @property
    def value(self) -> str:
        """To tell whether it is another one; shown to no one."""

    @property
    def seconds(self) -> float | None:
        """How long it lasts from `obtained` on; None if that is not known, or it doesn't end."""

    @property
    def obtained(self) -> float:
        """Monotonic clock, seconds."""

    @property
    def renewable(self) -> bool: ...

    @property
    def revocable(self) -> bool:
        """Whether it is ours to give back: the store logged in for it."""


class TokenKeeper(Protocol):
    """The token of a store whose leases end with it, for whoever keeps both alive. None of it raises."""

    @property
    def token(self) -> StoreToken | None:
        """The one that is in use; None before the first `read`, and when it was revoked."""

    def renew_token(self, seconds: float, /) -> StoreToken | Failure:
        """Renew it within `seconds`. DENIED: it is not known any more."""

    def look_up_token(self, seconds: float, /) -> StoreToken | Failure:
        """Ask how long it lasts and whether it can be renewed, where that is not known."""

    def log_in(self, seconds: float, /) -> StoreToken | Failure:
        """Get another one; the same where it was given to us. The one before is left as it is."""


class SecretStore(SecretReader, Protocol):
    """What is asked of a store beside, by whoever looks after leases. None of it raises."""

    def read(self, references: Mapping[str, str], seconds: float | None = None, /) -> Fetched:
        """As of a `SecretReader`. seconds: for this and the `create` after it, if not what the store takes else."""

    @property
    def tokens(self) -> TokenKeeper | None:
        """What keeps the token that leases end with; None where each lease stands by itself."""

    def renew(self, lease: Lease, seconds: float, /) -> Lease | Failure:
        """Renew a lease within `seconds`. Returns the lease as it is now, or why it is not renewed."""

    def revoke(self, leases: Sequence[Lease], seconds: float, /) -> list[Lease]:
        """Give leases back within `seconds`. Returns those that stay until they end by themselves."""

    def give_back(self) -> None:
        """Give back all leases, within a few seconds: the boot has failed, or the application has ended."""
