"""What lives in Vault: which variables have to be read there, and what that gives."""

from __future__ import annotations

from confcontract.boot import sources
from confcontract.boot.merge import Entry
from confcontract.boot.sources import Source
from confcontract.problem import INFO, Problem
from confcontract.reference import SCHEMES, is_reference, join_references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from confcontract.boot.merge import Merged
    from confcontract.boot.vault.fetched import Fetched

    # Called with variable → references, and with what is to be asked before anything is made; see boot/vault/reader.py.
    VaultReader = Callable[[Mapping[str, str], Callable[[Fetched], bool]], Fetched]
    Judge = Callable[[Merged, list[tuple[str, ...]]], bool]


def wanted_references(merged: Merged, needs: frozenset[str] | None) -> dict[str, str]:
    """variable → its references as an operator would write them, for all that boot would ask Vault for."""
    return {name: text for name, (text, _) in _references(merged, _Sections(merged), needs).items()}


def replace_references(
    merged: Merged,
    needs: frozenset[str] | None,
    environ: Mapping[str, str],
    vault: VaultReader | None,
    problems: list[Problem],
    acceptable: Judge,
) -> list[tuple[str, ...]]:
    """Replace references by what they refer to. Returns the paths whose value is not known.

    acceptable: whether all would be well with what is known so far, given the paths that are not; asked before Vault
    makes anything.
    """
    sections = _Sections(merged)
    wanted = _references(merged, sections, needs)
    if not wanted:
        return []
    if vault is None:
        return _left_to_boot(merged, sections, wanted, problems)
    if not (environ.get("VAULT_ADDR") or environ.get("BAO_ADDR")):
        return _without_server(merged, sections, wanted, problems)

    def may_mint(so_far: Fetched) -> bool:
        trial = merged.copy()
        return acceptable(trial, _lay(trial, wanted, so_far))

    fetched = vault({name: text for name, (text, _) in wanted.items()}, may_mint)
    problems.extend(fetched.problems)
    return _lay(merged, wanted, fetched)


def _lay(merged: Merged, wanted: Mapping[str, tuple[str, bool]], fetched: Fetched) -> list[tuple[str, ...]]:
    """Lay what was fetched over the other sources. Returns the paths whose value is not known."""
    unknown = []
    for name, (text, given) in wanted.items():
        top = merged.top(name)
        if name in fetched.values:
            used = top.name if top is not None else name
            source = Source(sources.VAULT, used, _without_scheme(fetched.references.get(name, text)))
            merged.replace(name, Entry(used, fetched.values[name], source))
        elif name in fetched.absent:  # and it is optional: what Vault would have outranked will do
            while given and (top := merged.top(name)) is not None and top.public and is_reference(top.value):
                merged.uncover(name)
        else:
            merged.entries.pop(name, None)
            unknown.append(_path(merged, name))
    return unknown


def _without_scheme(text: str) -> str:
    scheme, colon, rest = text.partition(":")
    return rest if scheme + colon in SCHEMES else text


def _path(merged: Merged, name: str) -> tuple[str, ...]:
    return tuple(merged.declared.variables[name]["path"])


def _references(
    merged: Merged, sections: _Sections, needs: frozenset[str] | None
) -> dict[str, tuple[str, bool]]:
    """variable → (reference, whether it was given as the variable's value rather than in the class)."""
    wanted: dict[str, tuple[str, bool]] = {}
    notable = merged.declared.notable
    for name in merged.declared.names:
        if (needs is not None and name not in needs) or (name not in notable and name not in merged.entries):
            continue
        variable = notable.get(name, {})
        entry = merged.top(name)
        if entry is not None and entry.public and is_reference(entry.value):
            wanted[name] = (_with_lower(merged, entry), True)
        elif "vault" in variable and sources.ENVIRONMENT not in _given_by(merged, sections, variable):
            alternatives = [variable["vault"], *variable.get("vaultFallback", ())]
            wanted[name] = (join_references(alternatives, optional=bool(variable.get("vaultOptional"))), False)
    return wanted


def _with_lower(merged: Merged, entry: Entry) -> str:
    """A reference; if it is optional, with that of the next lower source as a fallback, and so on."""
    text = entry.value
    while text.endswith("|") and entry.below:
        entry = merged.declared.best(entry.below)
        if not (entry.public and is_reference(entry.value)):
            break
        text += entry.value
    return text


def _given_by(merged: Merged, sections: _Sections, variable: Mapping[str, Any]) -> list[str]:
    """The kinds of source that give a variable: by its own name, and within the JSON of a section."""
    entry = merged.top(variable["name"])
    own = [] if entry is None else [entry.source.kind]
    return own + sections.giving(variable)


class _Sections:
    """What is given in the JSON of a whole section, SHOP_DATABASE='{"url": …}'."""

    def __init__(self, merged: Merged) -> None:
        self._merged = merged
        self._by_path: dict[tuple[str, ...], Mapping[str, Any]] | None = None
        self._texts: dict[str, Any] = {}

    def _at(self, path: tuple[str, ...]) -> Mapping[str, Any] | None:
        if self._by_path is None:
            variables = self._merged.declared.variables.values()
            self._by_path = {tuple(variable["path"]): variable for variable in variables}
        return self._by_path.get(path)

    def giving(self, variable: Mapping[str, Any]) -> list[str]:
        """The kinds of source of the sections that have a member for a variable."""
        path = tuple(variable["path"])
        found = []
        for depth in range(1, len(path)):
            section = self._at(path[:depth])
            entry = None if section is None else self._merged.top(section["name"])
            if entry is not None and self._leads(self._decoded(entry), path, depth):
                found.append(entry.source.kind)
        return found

    def _decoded(self, entry: Entry) -> Any:
        from confcontract.jsontext import loads

        if entry.name not in self._texts:
            try:
                self._texts[entry.name] = loads(entry.value)
            except (ValueError, RecursionError):
                self._texts[entry.name] = None  # validation will say so
        return self._texts[entry.name]

    def _leads(self, value: Any, path: tuple[str, ...], depth: int) -> bool:
        while depth < len(path):
            if not isinstance(value, dict):
                return False
            keys = self._keys(path[: depth + 1])
            inside = [inner for key, inner in value.items() if self._merged.declared.normal(key) in keys]
            if not inside:
                return False
            value = inside[0]
            depth += 1
        return True

    def _keys(self, path: tuple[str, ...]) -> set[str]:
        """The keys of a member within its section: its names, less the section's."""
        declared = self._merged.declared
        member, section = self._at(path), self._at(path[:-1])
        if member is None or section is None or not declared.delimiter:
            return {declared.normal(path[-1])}
        delimiter = declared.normal(declared.delimiter)
        heads = [declared.normal(name) + delimiter for name in declared.names[section["name"]]]
        names = [declared.normal(name) for name in declared.names[member["name"]]]
        return {name[len(head) :] for name in names for head in heads if name.startswith(head)}


def _left_to_boot(
    merged: Merged, sections: _Sections, wanted: dict[str, tuple[str, bool]], problems: list[Problem]
) -> list[tuple[str, ...]]:
    """Nobody asks Vault here: its values are unknown, and nothing is wrong with that."""
    unknown = []
    for name, (text, given) in wanted.items():
        if given:
            del merged.entries[name]
        elif _given_by(merged, sections, merged.declared.variables[name]):
            continue  # a lower source has a value; whether Vault would outrank it can't be known here
        problems.append(
            Problem(
                "vault-not-configured",
                "would be read from Vault",
                variable=name,
                source=f"Vault {_without_scheme(text)}",
                severity=INFO,
                hint="boot reads it",
            )
        )
        unknown.append(_path(merged, name))
    return unknown


def _without_server(
    merged: Merged, sections: _Sections, wanted: dict[str, tuple[str, bool]], problems: list[Problem]
) -> list[tuple[str, ...]]:
    """No server is configured: a default or a lower source may do, a reference given at run time never."""
    lost = []
    for name, (text, given) in wanted.items():
        variable = merged.declared.variables[name]
        if not given and (_given_by(merged, sections, variable) or not variable.get("required")):
            continue
        entry = merged.top(name)
        merged.entries.pop(name, None)
        problems.append(
            Problem(
                "vault-not-configured",
                "lives in Vault, and no Vault server is configured",
                variable=name,
                source=f"Vault {_without_scheme(text)}" + (f", from the {entry.source}" if entry is not None else ""),
                hint=f"set VAULT_ADDR and credentials, or {name} itself",
            )
        )
        lost.append(_path(merged, name))
    return lost
