"""Several stores as one: each reference is read by the store of its scheme, and the stores are used in parallel."""

from __future__ import annotations

from confcontract.contract.reference import ReferenceInvalid, join_references, parse_references
from confcontract.contract.schemes import OF_VAULT, VAULT, scheme_of
from confcontract.secrets.store import GONE, Failure, Fetched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from confcontract.secrets.store import Lease, SecretReader, TokenKeeper

    Run = tuple[str, str]  # the store of consecutive alternatives, and their text

_TICK_SECONDS = 1.0


class StoreEntry:
    """One of several stores. is_configured: whether the environment names it. open: creates it when it is needed."""

    __slots__ = ("is_configured", "open")

    def __init__(self, is_configured: Callable[[], bool], open: Callable[[], Any]) -> None:  # noqa: A002
        self.is_configured = is_configured
        self.open = open


class Stores:
    """The `SecretStore` that delegates to others. entries: scheme, with its colon, → the store; several schemes may
    have one.

    deadline_seconds: of one `read`, for requests of a second round, for secrets that were absent elsewhere.
    """

    def __init__(self, entries: Mapping[str, StoreEntry], deadline_seconds: float) -> None:
        self._entries = entries
        self._deadline_seconds = deadline_seconds
        self._open: dict[int, Any] = {}  # by the identity of their entries
        self._runs: dict[str, list[Run]] = {}
        self._lent_by: dict[str, Any] = {}
        self._until = 0.0

    @property
    def configured(self) -> bool:
        """Whether the environment names any of them; `read` finds out which of them has a secret."""
        return any(entry.is_configured() for entry in self._entries.values())

    def read(self, references: Mapping[str, str], seconds: float | None = None) -> Fetched:
        from time import monotonic

        self._until = monotonic() + (self._deadline_seconds if seconds is None else seconds)
        self._runs = {variable: _runs(text) for variable, text in references.items()}
        return self._go_on(dict(references), seconds)

    def create(self, references: Mapping[str, str]) -> Fetched:
        """Each store creates what it has named as creatable; if that is absent after all, the next store is read."""
        fetched = Fetched()
        absent: dict[str, str] = {}
        for entry, part in self._by_store(references).items():
            created = self._opened(entry).create(part)
            absent.update((name, self._runs[name].pop(0)[1]) for name in self._passed_on(created))
            self._keep(entry, created)
            fetched = fetched.and_also(created)
        if absent:
            fetched = fetched.and_also(self._go_on(absent, None))
        return fetched

    def close(self) -> None:
        for store in self._open.values():
            store.close()

    @property
    def tokens(self) -> TokenKeeper | None:
        """Vault's, once it was used: no other store of ours has leases that depend on a token."""
        store = self._open.get(id(self._entries.get(VAULT)))
        tokens: TokenKeeper | None = getattr(store, "tokens", None)
        return tokens

    def renew(self, lease: Lease, seconds: float) -> Lease | Failure:
        store = self._lent_by.get(lease.identifier)
        if store is None:
            return Failure(GONE, "no store issued this lease")
        renewed: Lease | Failure = store.renew(lease, seconds)
        return renewed

    def revoke(self, leases: Sequence[Lease], seconds: float) -> list[Lease]:
        kept: list[Lease] = []
        for store in dict.fromkeys(self._lent_by.get(lease.identifier) for lease in leases):
            if store is not None:
                kept += store.revoke([each for each in leases if self._lent_by.get(each.identifier) is store], seconds)
        return kept

    def give_back(self) -> None:
        for store in self._open.values():
            if hasattr(store, "give_back"):
                store.give_back()

    def store_of(self, scheme: str) -> Any:
        """The store of a scheme, created when it is first needed; None if there is none."""
        entry = self._entries.get(VAULT if scheme in OF_VAULT else scheme)
        return self._opened(entry) if entry is not None else None

    def _opened(self, entry: StoreEntry) -> Any:
        store = self._open.get(id(entry))
        if store is None:
            store = self._open[id(entry)] = entry.open()
        return store

    def _go_on(self, references: Mapping[str, str], seconds: float | None) -> Fetched:
        """Request the first run of each variable; what is absent there is requested in the next round."""
        fetched, first = Fetched(), True
        while references:
            parts = self._by_store(references)
            for entry in [entry for entry in parts if not entry.is_configured()]:
                fetched.unasked += parts.pop(entry)
            answers = self._asked(parts, seconds if first else self._left())
            absent: list[str] = []
            for entry, answer in answers.items():
                absent += self._passed_on(answer)
                self._keep(entry, answer)
                answer.creatable = {**fetched.creatable, **answer.creatable}
                fetched = fetched.and_also(answer)
            passed = {name: self._runs[name].pop(0)[1] for name in absent}
            references, first = {name: references[name] for name in passed}, False
        return fetched

    def _left(self) -> float:
        from time import monotonic

        return max(self._until - monotonic(), 0.1)

    def _by_store(self, references: Mapping[str, str]) -> dict[StoreEntry, dict[str, str]]:
        found: dict[StoreEntry, dict[str, str]] = {}
        for variable in references:
            scheme, text = self._runs[variable][0]
            found.setdefault(self._entries[scheme], {})[variable] = text
        return found

    def _passed_on(self, fetched: Fetched) -> list[str]:
        """Variables that are absent and have a reference to another store; they are removed from `fetched`."""
        passed = [name for name in fetched.absent if len(self._runs[name]) > 1]
        fetched.absent = [name for name in fetched.absent if name not in passed]
        return passed

    def _keep(self, entry: StoreEntry, fetched: Fetched) -> None:
        store = self._opened(entry)
        self._lent_by.update((lease.identifier, store) for lease in fetched.leases if lease.identifier)

    def _asked(self, parts: Mapping[StoreEntry, Mapping[str, str]], seconds: float | None) -> dict[StoreEntry, Fetched]:
        """Use the first store on this thread, and the others in parallel."""
        if len(parts) < 2:
            return {entry: _read(self._opened(entry), part, seconds) for entry, part in parts.items()}
        from queue import Empty, SimpleQueue

        from confcontract.host.threads import start_quiet

        results: SimpleQueue[tuple[StoreEntry, Fetched | BaseException]] = SimpleQueue()

        def ask(entry: StoreEntry, part: Mapping[str, str]) -> None:
            try:
                results.put((entry, _read(self._opened(entry), part, seconds)))
            except BaseException as error:  # it is raised on the thread that waits for the answer
                results.put((entry, error))

        (first, own), *others = parts.items()
        for entry, part in others:
            start_quiet("store", ask, entry, part)
        found = {first: _read(self._opened(first), own, seconds)}
        while len(found) < len(parts):
            try:
                entry, answer = results.get(timeout=_TICK_SECONDS)
            except Empty:
                continue  # lets signals be handled
            if isinstance(answer, BaseException):
                raise answer
            found[entry] = answer
        return found


def _read(store: SecretReader, references: Mapping[str, str], seconds: float | None) -> Fetched:
    """A store without leases may not support a deadline for this call."""
    if seconds is None or not hasattr(store, "renew"):
        return store.read(references)
    fetched: Fetched = store.read(references, seconds)  # type: ignore[call-arg]
    return fetched


def _runs(text: str) -> list[Run]:
    """The alternatives of a text, by store. If another store follows, each of them may be absent."""
    try:
        references = parse_references(text)
    except ReferenceInvalid:
        return [(_canonical(text), text)]  # the store reports what is wrong with it
    runs: list[tuple[str, list[str]]] = []
    for each in references.alternatives:
        if runs and runs[-1][0] == each.scheme:
            runs[-1][1].append(each.text)
        else:
            runs.append((each.scheme, [each.text]))
    last = len(runs) - 1
    return [
        (scheme, join_references(texts, optional=references.optional or number < last))
        for number, (scheme, texts) in enumerate(runs)
    ]


def _canonical(text: str) -> str:
    prefix = scheme_of(text).prefix
    return VAULT if prefix in OF_VAULT else prefix
