"""Values in Vault or another secret store: which variables have to be read there, and the results."""

from __future__ import annotations

from confcontract.contract.reference import ReferenceInvalid, is_reference, join_references, parse_references
from confcontract.contract.schemes import place, scheme_of, without_vault_scheme
from confcontract.report.problem import INFO, Problem
from confcontract.verdict.sources import origin
from confcontract.verdict.sources.order import RANK
from confcontract.verdict.sources.origin import Entry, Source, as_named
from confcontract.verdict.sources.sections import Sections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.secrets.store import Fetched
    from confcontract.verdict.sources.merged import Merged

    Path = tuple[str, ...]
    ByVariable = Mapping[str, tuple[str, bool]]  # see StoredVariables.found


class StoredVariables:
    """The values of the merged sources that are in a secret store: found, and put in place of the references.

    needs: the variables that count, None for all. problems: new ones are added to it. unasked: variable → reference, if
    the class names one, no server is configured, and a lower source is sufficient. awaited: variable → its future
    source, if no store is asked; references: the same, as an operator would write them. Methods that return paths
    return those of the settings document whose value is not known.
    """

    __slots__ = ("_needs", "_sections", "awaited", "merged", "problems", "references", "unasked")

    def __init__(self, merged: Merged, needs: frozenset[str] | None, problems: list[Problem]) -> None:
        self.merged = merged
        self.problems = problems
        self.unasked: dict[str, str] = {}
        self.awaited: dict[str, Source] = {}
        self.references: dict[str, str] = {}
        self._needs = needs
        self._sections = Sections(merged)

    def wanted(self) -> dict[str, str]:
        """variable → its references as an operator would write them, for everything that boot would read from a
        store."""
        return {name: text for name, (text, _) in self.found().items()}

    def _counts(self, name: str) -> bool:
        return self._needs is None or name in self._needs

    def refuse_invalid(self) -> list[Path]:
        """A value that begins like a reference but is not valid: reported without the text, which may be a secret
        itself."""
        merged, lost = self.merged, []
        for name in [name for name in merged.entries if name in merged.declared.names and self._counts(name)]:
            entry = merged.top(name)
            if entry is None or not (entry.public and is_reference(entry.value)):
                continue
            try:
                parse_references(entry.value)
            except ReferenceInvalid as error:
                del merged.entries[name]
                lost += merged.declared.paths(name)
                self.problems.append(
                    Problem(
                        "reference-invalid",
                        f"begins like a reference to {scheme_of(entry.value).store}, but {error}",
                        variable=name,
                        source=as_named(str(entry.source), entry.name, name),
                        hint=f"write {(form := scheme_of(entry.value).form)} or {form}@VERSION",
                    )
                )
        return lost

    def leave_out(self) -> list[Path]:
        """References that this role does not need are not resolved, and not handed over in place of their value."""
        merged, left = self.merged, []
        for name in [name for name in merged.entries if name in merged.declared.names and not self._counts(name)]:
            entry = merged.top(name)
            if entry is not None and entry.public and is_reference(entry.value):
                del merged.entries[name]
                left += merged.declared.paths(name)
        return left

    def found(self) -> dict[str, tuple[str, bool]]:
        """variable → (reference, whether it was given as the variable's value rather than in the class)."""
        wanted: dict[str, tuple[str, bool]] = {}
        merged, notable = self.merged, self.merged.declared.notable
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
        """The kinds of source that give a variable: by its own name, or within the JSON of a section."""
        entry = self.merged.top(variable["name"])
        own = [] if entry is None or self.merged.declared.ignores(entry.value) else [entry.source.kind]
        return own + self._sections.giving(variable)

    def left_to_boot(self, wanted: ByVariable) -> list[Path]:
        """For a run that does not ask Vault: the values are unknown, and that is not an error."""
        merged, unknown = self.merged, []
        for name, (text, given) in wanted.items():
            if given:
                del merged.entries[name]
            elif self._given_by(merged.declared.variables[name]):
                continue  # a lower source has a value; whether Vault would override it can't be known here
            self.references[name] = text
            self.awaited[name] = Source(origin.VAULT, name, _in_words(text))
            self.problems.append(
                Problem(
                    _not_configured(text),
                    f"would be read from {scheme_of(text).store}",
                    variable=name,
                    source=str(self.awaited[name]),
                    severity=INFO,
                    hint="boot reads it",
                )
            )
            unknown += merged.declared.paths(name)
        return unknown

    def without_server(self, wanted: ByVariable, in_files: set[Path]) -> list[Path]:
        """No server is configured: for a reference in the class, a default or a lower source is used; for a reference
        given at run time, nothing can replace it."""
        merged, lost = self.merged, []
        for name, (text, given) in wanted.items():
            variable = merged.declared.variables[name]
            elsewhere = self._given_by(variable) or not in_files.isdisjoint(merged.declared.paths(name))
            required = any(each.get("required") for each in merged.declared.sharing(name))
            if not given and (elsewhere or not required):
                self.unasked[name] = _in_words(text)  # worth a warning: Vault would have overridden it
                continue
            entry = merged.top(name)
            merged.entries.pop(name, None)
            given_by = f", from the {entry.source}" if entry is not None else ""
            scheme = scheme_of(text)
            missing = "no Vault server is configured" if scheme.store == "Vault" else "that is not configured here"
            self.problems.append(
                Problem(
                    _not_configured(text),
                    f"is stored in {scheme.store}, and {missing}",
                    variable=name,
                    source=f"{_place(text)}{given_by}",
                    hint=f"set {scheme.configured_by}, or {name} itself",
                )
            )
            lost += merged.declared.paths(name)
        return lost

    def lay(self, wanted: ByVariable, fetched: Fetched) -> list[Path]:
        """Add the values that were read above the other sources."""
        return _laid(self.merged, wanted, fetched)

    def tried(self, wanted: ByVariable, fetched: Fetched) -> tuple[Merged, list[Path]]:
        """The same on a copy: the values that are known before any secret is created."""
        trial = self.merged.copy()
        return trial, _laid(trial, wanted, fetched)

    def not_created(self, creatable: Mapping[str, str]) -> list[Problem]:
        """A note for each secret that is not created because something else is wrong."""
        return [_not_created(name, text) for name, text in creatable.items()]


def _outranks_vault(kind: str) -> bool:
    return RANK[kind] > RANK[origin.VAULT]


def _laid(merged: Merged, wanted: ByVariable, fetched: Fetched) -> list[Path]:
    unknown = []
    for name, (text, given) in wanted.items():
        top = merged.top(name)
        if name in fetched.values:
            used = top.name if top is not None else name
            words = _in_words(fetched.references.get(name, text))
            if name in fetched.answered_by:
                words += f" (answered by {fetched.answered_by[name]}, to which VAULT_ADDR redirects)"
            source = Source(origin.VAULT, used, words)
            merged.replace(name, Entry(used, fetched.values[name], source))
        elif name in fetched.absent:  # and it is optional: the value that Vault would have overridden is used
            while given and (top := merged.top(name)) is not None and top.public and is_reference(top.value):
                merged.uncover(name)
        else:
            merged.entries.pop(name, None)
            unknown += merged.declared.paths(name)
    return unknown


def _not_created(name: str, text: str) -> Problem:
    return Problem(
        "vault-not-asked",
        "not requested: boot had already failed",
        variable=name,
        source=_place(text.partition("|")[0]),
        severity=INFO,
        hint="Fix the other problems first.",
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


def _not_configured(text: str) -> str:
    return "vault-not-configured" if scheme_of(text).store == "Vault" else "store-not-configured"


def _place(text: str) -> str:
    """Like `_in_words`, with the word Vault before the reference."""
    return place(_in_words(text))


def _in_words(text: str) -> str:
    """Without the scheme of Vault; "secret/a#b|" becomes "secret/a#b, if it is there"."""
    alternatives = [without_vault_scheme(one) for one in text.split("|")]
    optional = len(alternatives) > 1 and not alternatives[-1]
    return ", else ".join(alternatives[:-1] if optional else alternatives) + (", if it is there" if optional else "")
