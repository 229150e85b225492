"""Collects all values that the sources have for the contract's variables, including overridden ones: a password that
only staging uses is a secret too. Validates nothing, and creates nothing in a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from confcontract.contract.artifact import Contract
from confcontract.contract.reference import ReferenceInvalid, is_reference, parse_references
from confcontract.contract.schemes import scheme_of
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import ERROR
from confcontract.secrets.store import Fetched
from confcontract.verdict.sources.merge import merge
from confcontract.verdict.sources.merged import Merged
from confcontract.verdict.sources.origin import Entry
from confcontract.verdict.sources.references import StoredVariables
from confcontract.verdict.sources.secretfile import read_secret_file

Read = Callable[[Mapping[str, str]], Fetched]


@dataclass(frozen=True, slots=True)
class GivenValue:
    """source: in words. hides: whether the source is one for secrets."""

    variable: str
    text: str = field(repr=False)
    source: str
    hides: bool


@dataclass(frozen=True)
class GivenValues:
    """unread: variables whose effective value is a reference that was not read. unexamined: overridden values that
    could not be read, in words."""

    values: Sequence[GivenValue]
    unread: frozenset[str]
    unexamined: Sequence[str]


def given_values(
    contract: Contract, environ: Mapping[str, str], env_files: Sequence[str], secret_dirs: Sequence[str], read: Read
) -> GivenValues:
    """read: reads from the secret stores. Raises ConfigurationInvalid if an effective value can't be read."""
    merged = merge(contract, environ, env_files, None, secret_dirs)
    if wrong := [each for each in merged.problems if each.severity == ERROR]:
        raise ConfigurationInvalid(*wrong)
    wanted = StoredVariables(merged, None, []).wanted()
    fetched = read(wanted) if wanted else Fetched()
    if fetched.problems:
        raise ConfigurationInvalid(*fetched.problems)
    values = [*_fetched(fetched)]
    unexamined: list[str] = []
    references: dict[str, list[str]] = {}
    for name, entry in _entries(merged):
        if not _is_reference(entry):
            values.append(GivenValue(name, entry.value, str(entry.source), entry.source.hides))
        elif entry.value != wanted.get(name) and entry.value not in references.setdefault(name, []):
            references[name].append(entry.value)
    values += _outranked_files(merged, unexamined)
    values += _outranked_references(references, read, unexamined)
    known = {*fetched.values, *fetched.absent}
    tops = {name: merged.top(name) for name in wanted}
    unread = frozenset(name for name, top in tops.items() if top and _is_reference(top) and name not in known)
    return GivenValues(values, unread, unexamined)


def _entries(merged: Merged) -> Iterator[tuple[str, Entry]]:
    """The entries of declared variables, from all sources."""
    for entry in _all(merged):
        name = merged.declared.identity(entry.name)
        if entry.value and name in merged.declared.variables:
            yield name, entry


def _all(merged: Merged) -> Iterator[Entry]:
    return chain(*merged.laid.values(), merged.earlier)


def _is_reference(entry: Entry) -> bool:
    return entry.public and is_reference(entry.value)


def _fetched(fetched: Fetched) -> Iterator[GivenValue]:
    for name, text in fetched.values.items():
        yield GivenValue(name, text, "secret store", hides=True)


def _outranked_files(merged: Merged, unexamined: list[str]) -> Iterator[GivenValue]:
    """The values of NAME_FILE that `merge` has not followed, since a higher source sets NAME."""
    declared = merged.declared
    pointers = [each for each in _all(merged) if each.value and declared.pointed_at(each.name)]
    for pointer in pointers:
        name = declared.identity(declared.pointed_at(pointer.name) or "")
        if pointer.value in merged.watched or name not in declared.variables:
            continue
        text, problem = read_secret_file(pointer.value, name)
        if problem is not None:
            unexamined.append(f"another value of {name}: {problem.message}")
        elif text:
            yield GivenValue(name, text, f"file that {pointer.name} names", hides=True)


def _outranked_references(
    references: Mapping[str, list[str]], read: Read, unexamined: list[str]
) -> Iterator[GivenValue]:
    """A store is asked for one reference of a variable at a time."""
    for number in range(max(map(len, references.values()), default=0)):
        wanted = {name: texts[number] for name, texts in references.items() if len(texts) > number}
        for name in [name for name, text in wanted.items() if not _is_valid(text)]:
            what = f"it begins like a reference to {scheme_of(wanted.pop(name)).store}, but is not one"
            unexamined.append(f"another value of {name}: {what}")
        fetched = read(wanted) if wanted else Fetched()
        yield from _fetched(fetched)
        for name in fetched.unasked:
            store = scheme_of(wanted[name]).store
            unexamined.append(f"another value of {name}: it is stored in {store}, which is not configured here")
        for problem in fetched.problems:
            unexamined.append(f"another value of {problem.variable or 'a secret'}: {problem.message}")


def _is_valid(text: str) -> bool:
    try:
        parse_references(text)
    except ReferenceInvalid:
        return False
    return True
