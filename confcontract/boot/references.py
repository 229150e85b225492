"""What lives in Vault: which variables have to be read there, and what that gives."""

from __future__ import annotations

from confcontract.boot import sources
from confcontract.boot.merge import Entry
from confcontract.boot.sections import Sections
from confcontract.boot.sources import Source
from confcontract.problem import INFO, Problem
from confcontract.reference import SCHEMES, ReferenceInvalid, is_reference, join_references, parse_references

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
    return {name: text for name, (text, _) in _references(merged, Sections(merged), needs).items()}


def replace_references(
    merged: Merged,
    needs: frozenset[str] | None,
    environ: Mapping[str, str],
    vault: VaultReader | None,
    problems: list[Problem],
    acceptable: Judge,
    own_files: Callable[[], set[tuple[str, ...]]],
) -> list[tuple[str, ...]]:
    """Replace references by what they refer to. Returns the paths whose value is not known.

    acceptable: whether all would be well with what is known so far, given the paths that are not; asked before Vault
    makes anything. own_files: the paths that the application's own files give.
    """
    lost = _refuse_invalid(merged, needs, problems)
    return lost + _replace(merged, needs, environ, vault, problems, acceptable, own_files)


def _refuse_invalid(merged: Merged, needs: frozenset[str] | None, problems: list[Problem]) -> list[tuple[str, ...]]:
    """A value that begins like a reference and is none: told without the text, which may be a secret itself."""
    lost = []
    for name in [name for name in merged.entries if name in merged.declared.names]:
        entry = merged.top(name)
        if (
            entry is None
            or not (entry.public and is_reference(entry.value))
            or (needs is not None and name not in needs)
        ):
            continue
        try:
            parse_references(entry.value)
        except ReferenceInvalid as error:
            del merged.entries[name]
            lost.append(_path(merged, name))
            problems.append(
                Problem(
                    "reference-invalid",
                    f"begins like a reference to Vault, but {error}",
                    variable=name,
                    source=f"{entry.source}, as {entry.name}",
                    hint="write vault:MOUNT/PATH#KEY or vault:MOUNT/PATH#KEY@VERSION",
                )
            )
    return lost


def _replace(
    merged: Merged,
    needs: frozenset[str] | None,
    environ: Mapping[str, str],
    vault: VaultReader | None,
    problems: list[Problem],
    acceptable: Judge,
    own_files: Callable[[], set[tuple[str, ...]]],
) -> list[tuple[str, ...]]:
    sections = Sections(merged)
    wanted = _references(merged, sections, needs)
    if not wanted:
        return []
    if vault is None:
        return _left_to_boot(merged, sections, wanted, problems)
    if not (environ.get("VAULT_ADDR") or environ.get("BAO_ADDR")):
        return _without_server(merged, sections, wanted, problems, own_files())

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


def _references(merged: Merged, sections: Sections, needs: frozenset[str] | None) -> dict[str, tuple[str, bool]]:
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


def _given_by(merged: Merged, sections: Sections, variable: Mapping[str, Any]) -> list[str]:
    """The kinds of source that give a variable: by its own name, and within the JSON of a section."""
    entry = merged.top(variable["name"])
    own = [] if entry is None or merged.declared.ignores(entry.value) else [entry.source.kind]
    return own + sections.giving(variable)


def _left_to_boot(
    merged: Merged, sections: Sections, wanted: dict[str, tuple[str, bool]], problems: list[Problem]
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
    merged: Merged,
    sections: Sections,
    wanted: dict[str, tuple[str, bool]],
    problems: list[Problem],
    in_files: set[tuple[str, ...]],
) -> list[tuple[str, ...]]:
    """No server is configured: a default or a lower source may do, a reference given at run time never."""
    lost = []
    for name, (text, given) in wanted.items():
        variable = merged.declared.variables[name]
        elsewhere = _given_by(merged, sections, variable) or _path(merged, name) in in_files
        if not given and (elsewhere or not variable.get("required")):
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
