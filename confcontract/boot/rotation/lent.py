"""What a resolve gets from a store: existing leases are served from memory, the rest is read."""

from __future__ import annotations

from confcontract.contract.reference import ReferenceInvalid, parse_references
from confcontract.secrets.store import Fetched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from confcontract.boot.rotation.schedule import Term
    from confcontract.secrets.store import Lease, SecretStore


class Loan:
    """The values that one read has created, or one stored value.

    texts: variable → the requested reference. values, references, answered_by: as in `Fetched`, of the same variables.
    lease: None if nothing expires. made: reading it again creates another. term: of the lease, token: of the token that
    it depends on; both maintained by the renewing code.
    """

    __slots__ = ("answered_by", "lease", "made", "references", "term", "texts", "token", "values")

    def __init__(self, lease: Lease | None, *, made: bool) -> None:
        self.lease = lease
        self.made = made
        self.texts: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self.references: dict[str, str] = {}
        self.answered_by: dict[str, str] = {}
        self.term: Term | None = None
        self.token: Term | None = None

    @property
    def path(self) -> str:
        """The path where it was read, in the store's notation."""
        if self.lease is not None:
            return self.lease.path
        return parse_references(next(iter(self.references.values()))).alternatives[0].mount_path

    def ends(self) -> float:
        """When the lease, or the token that it depends on, expires."""
        moments = [term.ends for term in (self.term, self.token) if term is not None]
        return min(moments, default=float("inf"))

    def __repr__(self) -> str:
        return f"Loan({sorted(self.texts)}, {self.lease!r})"


class Reading:
    """The `vault` of one resolve, a `SecretReader`. A boot that is to be rotated begins with `Reading(make_store)`.

    make_store: called once, when a store is needed. held: loans that may be served instead of being read, if the same
    is requested. seconds: the deadline of what is read; None for the store's own.

    Afterwards `loans` are those that the resolve got its values from, including held ones, and `asked` is true if the
    store was used.
    """

    __slots__ = ("_make_store", "_missing", "_seconds", "_store", "asked", "loans")

    def __init__(
        self, make_store: Callable[[], SecretStore], held: Iterable[Loan] = (), *, seconds: float | None = None
    ) -> None:
        self._make_store = make_store
        self._store: SecretStore | None = None
        self._seconds = seconds
        self._missing: dict[str, str] = {}  # what is requested and not served
        self.loans: list[Loan] = list(held)
        self.asked = False

    def store(self) -> SecretStore:
        """The store, created when it is first needed."""
        if self._store is None:
            self._store = self._make_store()
        return self._store

    @property
    def configured(self) -> bool:
        return self.store().configured

    def read(self, references: Mapping[str, str]) -> Fetched:
        served = _usable(self.loans, references)
        result = Fetched()
        for loan in served:
            result.values.update(loan.values)
            result.references.update(loan.references)
            result.answered_by.update(loan.answered_by)
        self.loans = served
        self._missing = {name: text for name, text in references.items() if name not in result.values}
        if self._missing:
            self.asked = True
            fetched = self.store().read(self._missing, self._seconds)
            self.loans = served + _loans(self._missing, fetched)
            result = result.and_also(fetched)
        return result

    def create(self, references: Mapping[str, str]) -> Fetched:
        created = self.store().create(references)
        self.loans += _loans(self._missing, created)
        return created

    def close(self) -> None:
        if self.asked:
            self.store().close()


def _usable(held: Iterable[Loan], references: Mapping[str, str]) -> list[Loan]:
    """The loans of which every variable is still requested in the same way.

    A created credential is left out if another variable now needs a part of it as well: user and password of two reads
    don't belong together.
    """
    same = [loan for loan in held if all(references.get(name) == text for name, text in loan.texts.items())]
    served = {name for loan in same for name in loan.texts}
    missing = {path for name, text in references.items() if name not in served for path in _paths(text)}
    return [loan for loan in same if not loan.made or not _paths_of(loan) & missing]


def _paths_of(loan: Loan) -> set[str]:
    return {path for text in loan.references.values() for path in _paths(text)}


def _paths(text: str) -> set[str]:
    try:
        return {reference.mount_path for reference in parse_references(text).alternatives}
    except ReferenceInvalid:
        return set()


def _loans(asked: Mapping[str, str], fetched: Fetched) -> list[Loan]:
    """What was read, by the lease that it depends on, including leases of which no variable got a value."""
    by_lease = {id(lease): Loan(lease, made=True) for lease in fetched.leases}
    loans = list(by_lease.values())
    for name, value in fetched.values.items():
        lease = fetched.created.get(name)
        if lease is None:
            loans.append(Loan(None, made=name in fetched.created))
        loan = by_lease[id(lease)] if lease is not None else loans[-1]
        loan.texts[name] = asked[name]
        loan.values[name] = value
        loan.references[name] = fetched.references[name]
        if name in fetched.answered_by:
            loan.answered_by[name] = fetched.answered_by[name]
    return loans
