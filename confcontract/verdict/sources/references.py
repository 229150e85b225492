"""What lives in Vault: which variables have to be read there, and what that gives."""

from __future__ import annotations

from confcontract.contract.reference import SCHEMES, ReferenceInvalid, is_reference, join_references, parse_references
from confcontract.report.problem import INFO, Problem
from confcontract.verdict.sources import origin
from confcontract.verdict.sources.order import RANK
from confcontract.verdict.sources.origin import Entry, Source
from confcontract.verdict.sources.sections import Sections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from confcontract.secrets.store import Fetched, SecretReader
    from confcontract.verdict.sources.merge import Merged

    Path = tuple[str, ...]
    ByVariable = Mapping[str, tuple[str, bool]]  # see VaultVariables._find
    Judge = Callable[[Merged, list[Path]], bool]


class VaultVariables:
    """What of the merged sources lives in Vault.

    needs: the variables that count, None for all. problems: are added to. Whatever is not known in the end is returned
    as paths of the settings document. unasked: variable → reference, where the class names one, no server is
    configured, and a lower source will do. awaited: variable → the source that it will have, where nobody is asked.
    """

    __slots__ = ("_merged", "_needs", "_problems", "_sections", "awaited", "unasked")

    def __init__(self, merged: Merged, needs: frozenset[str] | None, problems: list[Problem]) -> None:
        self._merged = merged
        self._needs = needs
        self._problems = problems
        self._sections = Sections(merged)
        self.unasked: dict[str, str] = {}
        self.awaited: dict[str, Source] = {}

    def wanted(self) -> dict[str, str]:
        """variable → its references as an operator would write them, for all that boot would ask Vault for."""
        return {name: text for name, (text, _) in self._find().items()}

    def replace(
        self,
        store: SecretReader | None,
        acceptable: Judge,
        own_files: Callable[[], set[Path]],
    ) -> list[Path]:
        """Replace references by what they refer to. Returns the paths whose value is not known.

        store: None where nobody is to be asked. acceptable: whether all would be well with what is known so far, given
        the paths that are not; asked before anything is created. own_files: the paths that the application's own files
        give.
        """
        lost = self._refuse_invalid() + self._leave_out()
        wanted = self._find()
        if not wanted:
            return lost
        if store is None:
            return lost + self._left_to_boot(wanted)
        if not store.configured:
            return lost + self._without_server(wanted, own_files())
        fetched = self._fetch(store, wanted, acceptable)
        self._problems += fetched.problems
        return lost + _lay(self._merged, wanted, fetched)

    def _fetch(self, store: SecretReader, wanted: ByVariable, acceptable: Judge) -> Fetched:
        """Read what merely lies there; what has to be created only if all is well with that, and would be with it."""
        try:
            fetched = store.read({name: text for name, (text, _) in wanted.items()})
            if not fetched.creatable:
                return fetched
            if not fetched.problems:
                trial = self._merged.copy()
                if acceptable(trial, _lay(trial, wanted, fetched)):
                    return fetched.and_also(store.create(fetched.creatable))
            fetched.problems += [_not_created(name, text) for name, text in fetched.creatable.items()]
            return fetched
        finally:
            store.close()

    def _counts(self, name: str) -> bool:
        return self._needs is None or name in self._needs

    def _refuse_invalid(self) -> list[Path]:
        """A value that begins like a reference and is none: told without the text, which may be a secret itself."""
        merged, lost = self._merged, []
        for name in [name for name in merged.entries if name in merged.declared.names and self._counts(name)]:
            entry = merged.top(name)
            if entry is None or not (entry.public and is_reference(entry.value)):
                continue
            try:
                parse_references(entry.value)
            except ReferenceInvalid as error:
                del merged.entries[name]
                lost += merged.declared.paths(name)
                self._problems.append(
                    Problem(
                        "reference-invalid",
                        f"begins like a reference to Vault, but {error}",
                        variable=name,
                        source=f"{entry.source}, as {entry.name}",
                        hint="write vault:MOUNT/PATH#KEY or vault:MOUNT/PATH#KEY@VERSION",
                    )
                )
        return lost

    def _leave_out(self) -> list[Path]:
        """What this role does not need is not asked for. Nor is its reference handed over in its place."""
        merged, left = self._merged, []
        for name in [name for name in merged.entries if name in merged.declared.names and not self._counts(name)]:
            entry = merged.top(name)
            if entry is not None and entry.public and is_reference(entry.value):
                del merged.entries[name]
                left += merged.declared.paths(name)
        return left

    def _find(self) -> dict[str, tuple[str, bool]]:
        """variable → (reference, whether it was given as the variable's value rather than in the class)."""
        wanted: dict[str, tuple[str, bool]] = {}
        merged, notable = self._merged, self._merged.declared.notable
        for name in merged.declared.names:
            if not self._counts(name) or (name not in notable and name not in merged.entries):
                continue
            variable = notable.get(name, {})
            entry = merged.top(name)
            if entry is not None and entry.public and is_reference(entry.value):
                wanted[name] = (_with_lower(merged, entry), True)
            elif "vault" in variable and not any(map(_outranks_vault, self._given_by(variable))):
                alternatives = [variable["vault"], *variable.get("vaultFallback", ())]
                wanted[name] = (join_references(alternatives, optional=bool(variable.get("vaultOptional"))), False)
        return wanted

    def _given_by(self, variable: Mapping[str, Any]) -> list[str]:
        """The kinds of source that give a variable: by its own name, and within the JSON of a section."""
        entry = self._merged.top(variable["name"])
        own = [] if entry is None or self._merged.declared.ignores(entry.value) else [entry.source.kind]
        return own + self._sections.giving(variable)

    def _left_to_boot(self, wanted: ByVariable) -> list[Path]:
        """Nobody asks Vault here: its values are unknown, and nothing is wrong with that."""
        merged, unknown = self._merged, []
        for name, (text, given) in wanted.items():
            if given:
                del merged.entries[name]
            elif self._given_by(merged.declared.variables[name]):
                continue  # a lower source has a value; whether Vault would outrank it can't be known here
            self.awaited[name] = Source(origin.VAULT, name, _in_words(text))
            self._problems.append(
                Problem(
                    "vault-not-configured",
                    "would be read from Vault",
                    variable=name,
                    source=str(self.awaited[name]),
                    severity=INFO,
                    hint="boot reads it",
                )
            )
            unknown += merged.declared.paths(name)
        return unknown

    def _without_server(self, wanted: ByVariable, in_files: set[Path]) -> list[Path]:
        """No server is configured: a default or a lower source may do, a reference given at run time never."""
        merged, lost = self._merged, []
        for name, (text, given) in wanted.items():
            variable = merged.declared.variables[name]
            elsewhere = self._given_by(variable) or not in_files.isdisjoint(merged.declared.paths(name))
            required = any(each.get("required") for each in merged.declared.sharing(name))
            if not given and (elsewhere or not required):
                self.unasked[name] = _in_words(text)  # which is worth a word: Vault would have outranked it
                continue
            entry = merged.top(name)
            merged.entries.pop(name, None)
            given_by = f", from the {entry.source}" if entry is not None else ""
            self._problems.append(
                Problem(
                    "vault-not-configured",
                    "lives in Vault, and no Vault server is configured",
                    variable=name,
                    source=f"Vault {_in_words(text)}{given_by}",
                    hint=f"set VAULT_ADDR and credentials, or {name} itself",
                )
            )
            lost += merged.declared.paths(name)
        return lost


def _outranks_vault(kind: str) -> bool:
    return RANK[kind] > RANK[origin.VAULT]


def _lay(merged: Merged, wanted: ByVariable, fetched: Fetched) -> list[Path]:
    """Lay what was fetched over the other sources. Returns the paths whose value is not known."""
    unknown = []
    for name, (text, given) in wanted.items():
        top = merged.top(name)
        if name in fetched.values:
            used = top.name if top is not None else name
            place = _in_words(fetched.references.get(name, text))
            if name in fetched.answered_by:
                place += f" (answered by {fetched.answered_by[name]}, to which VAULT_ADDR redirects)"
            source = Source(origin.VAULT, used, place)
            merged.replace(name, Entry(used, fetched.values[name], source))
        elif name in fetched.absent:  # and it is optional: what Vault would have outranked will do
            while given and (top := merged.top(name)) is not None and top.public and is_reference(top.value):
                merged.uncover(name)
        else:
            merged.entries.pop(name, None)
            unknown += merged.declared.paths(name)
    return unknown


def _not_created(name: str, text: str) -> Problem:
    return Problem(
        "vault-not-asked",
        "Vault was not asked to make this secret, since the boot fails already",
        variable=name,
        source=f"Vault {_in_words(text.partition('|')[0])}",
        severity=INFO,
        hint="Mend the other problems first.",
    )


def _with_lower(merged: Merged, entry: Entry) -> str:
    """A reference; if it is optional, with that of the next lower source as a fallback, and so on."""
    text = entry.value
    while text.endswith("|") and entry.below:
        entry = merged.declared.best(entry.below)
        if not (entry.public and is_reference(entry.value)):
            break
        text += entry.value
    return text


def _in_words(text: str) -> str:
    """Without schemes; "secret/a#b|" reads "secret/a#b, if it is there"."""
    alternatives = []
    for one in text.split("|"):
        scheme, colon, rest = one.partition(":")
        alternatives.append(rest if scheme + colon in SCHEMES else one)
    optional = len(alternatives) > 1 and not alternatives[-1]
    return ", else ".join(alternatives[:-1] if optional else alternatives) + (", if it is there" if optional else "")
