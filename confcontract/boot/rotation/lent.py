"""What a resolve gets from a store: what is already leased is served from memory, the rest is read."""

from __future__ import annotations

from confcontract.contract.reference import ReferenceInvalid, parse_references
from confcontract.secrets.store import Fetched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from confcontract.boot.rotation.schedule import Term
    from confcontract.secrets.store import Lease, SecretStore


class Loan:
    """The values that were made by one reading, or one value that merely lies there.

    texts: variable → what was asked for. values, references, answered_by: as in `Fetched`, of the same variables.
    lease: None where nothing ends. made: reading it again makes another. term: of the lease, token: of the token that
    it hangs on, kept by whoever renews.
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
        """Where it was read, as the store knows it."""
        if self.lease is not None:
            return self.lease.path
        return parse_references(next(iter(self.references.values()))).alternatives[0].mount_path

    def ends(self) -> float:
        """The moment at which the lease, or the token that it hangs on, ends."""
        moments = [term.ends for term in (self.term, self.token) if term is not None]
        return min(moments, default=float("inf"))

    def __repr__(self) -> str:
        return f"Loan({sorted(self.texts)}, {self.lease!r})"


class Reading:
    """The `vault` of one resolve, a `SecretReader`. A boot that is to be rotated begins with `Reading(make_store)`.

    make_store: called once, when a store is to be asked. held: what may be served instead of being read, if the same is
    asked for. seconds: the deadline of what is read; None for the store's own.

    Afterwards `loans` are those that the resolve got its values from, held ones among them, and `asked` says whether
    the store was.
    """

    __slots__ = ("_make_store", "_missing", "_seconds", "_store", "asked", "loans")

    def __init__(
        self, make_store: Callable[[], SecretStore], held: Iterable[Loan] = (), *, seconds: float | None = None
    ) -> None:
        self._make_store = make_store
        self._store: SecretStore | None = None
        self._seconds = seconds
        self._missing: dict[str, str] = {}  # what is asked for, and not served
        self.loans: list[Loan] = list(held)
        self.asked = False

    def store(self) -> SecretStore:
        """The one store, made if it was not needed before."""
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
    """The loans of which every variable is still asked for in the same way.

    What is made is left out where another variable now wants a part of it as well: user and password of two readings
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
    """What was read, by the lease that it hangs on; a lease of which no variable got a value is one of them too."""
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
