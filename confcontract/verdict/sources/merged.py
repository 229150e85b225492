"""The merged sources: the highest entry of each variable, and the entries below it."""

from __future__ import annotations

from confcontract.report.problem import WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.contract.declared import Declared
    from confcontract.host.projection import Stamp
    from confcontract.verdict.sources.origin import Entry
    from confcontract.verdict.sources.spellings import Spellings


class Merged:
    """`entries`: identity → the entries of the highest source that has any, in its order. `laid`: the entries of all
    sources, by level. `earlier`: entries that a later line of the same file replaces. `links`: name → Service, for the
    variables that Kubernetes set for its Services. `together`: whether one source had a variable under several names.
    `derived`: by id, the entries that were combined from several sources. `strangers`: keys of config files that are
    not settings, as warnings. `watched`: the secret files that were read and their directories, each with its earlier
    stamp; see host/projection.py. `files`: the env files and config files that the operator has named, and their
    directory. `unbound`: variable → the reason in words why no service binding gives it, if there are bindings."""

    __slots__ = (
        "_compiled",
        "_spellings",
        "declared",
        "derived",
        "earlier",
        "entries",
        "files",
        "laid",
        "links",
        "problems",
        "strangers",
        "together",
        "unbound",
        "watched",
    )

    def __init__(self, declared: Declared, compiled: Mapping[str, Any]) -> None:
        self.declared = declared
        self._compiled = compiled
        self._spellings: Spellings | None = None
        self.entries: dict[str, list[Entry]] = {}
        self.files: list[str] = []
        self.laid: dict[int, list[Entry]] = {}
        self.earlier: list[Entry] = []
        self.links: Mapping[str, str] = {}
        self.problems: list[Problem] = []
        self.strangers: Sequence[Problem] = ()
        self.together = False
        self.derived: dict[int, Entry] = {}
        self.unbound: dict[str, str] = {}
        self.watched: dict[str, Stamp] = {}

    @property
    def programs(self) -> Sequence[Mapping[str, Any]]:
        """The contract's programs: one for the settings class, and one for each nested one."""
        found: Sequence[Mapping[str, Any]] = self._compiled["settings"]
        return found

    @property
    def spellings(self) -> Spellings:
        """Which names give parts of the same field; needed only if there are several sources."""
        if self._spellings is None:
            from confcontract.verdict.sources.spellings import Spellings

            self._spellings = Spellings(self._compiled)
        return self._spellings

    def lay(self, layer: Sequence[Entry]) -> None:
        """Add a source above the present ones."""
        if layer:
            self.laid.setdefault(layer[0].level, []).extend(layer)
        fresh: dict[str, list[Entry]] = {}
        declared = self.declared
        names = [entry.name for entry in layer]
        keys = names if declared.sensitive else map(str.lower, names)
        # the usual result of `identity`, without a call for each of 5,000
        for entry, found in zip(layer, map(declared.owners.get, keys, names), strict=True):
            identity = declared.identity(entry.name) if found is None or found[-1:] in "eE" else found
            if identity in fresh:
                fresh[identity].append(entry)
                self.together = True
            else:
                fresh[identity] = [entry]
        if self.declared.skips_empty:
            _drop_empty(fresh, self.entries)
        for identity in fresh.keys() & self.entries.keys():
            below = self.entries.pop(identity)  # and not replaced in its place: the order is the precedence
            lower = self.declared.best(below).source
            for entry in fresh[identity]:
                entry.below = below
                entry.source.overrides = [lower, *lower.overrides]
        self.entries.update(fresh)

    def environ(self) -> dict[str, str]:
        return {entry.name: entry.value for found in self.entries.values() for entry in found}

    def top(self, identity: str) -> Entry | None:
        """The effective entry of the variable."""
        found = self.entries.get(identity)
        return self.declared.best(found) if found else None

    def copy(self) -> Merged:
        """A copy: sources can be added to it without changing this one."""
        other = Merged(self.declared, self._compiled)
        other.entries.update(self.entries)
        other.links = self.links
        other.strangers = self.strangers
        other.derived = self.derived.copy()
        other.laid.update((level, entries.copy()) for level, entries in self.laid.items())
        return other

    def derive(self, entry: Entry) -> None:
        """Record an entry that no source has in this form, because it was combined from several sources."""
        self.derived[id(entry)] = entry
        self.laid[entry.level].append(entry)

    def uncover(self, identity: str) -> None:
        """Remove the variable's present value, so that the next lower source counts again."""
        below = self.entries.pop(identity)[0].below
        if below:
            self.entries[identity] = below

    def replace(self, identity: str, entry: Entry) -> None:
        """Put one value above the variable's present one."""
        below = self.top(identity)
        if below is not None:
            entry.below = self.entries[identity]
            entry.source.overrides = [below.source, *below.source.overrides]
        self.entries[identity] = [entry]
        self.laid.setdefault(entry.level, []).append(entry)


def _drop_empty(fresh: dict[str, list[Entry]], below: Mapping[str, list[Entry]]) -> None:
    """If the empty string means "not set", it overrides nothing."""
    for identity in fresh.keys() & below.keys():
        kept = [entry for entry in fresh[identity] if entry.value]
        if kept:
            fresh[identity] = kept
        else:
            del fresh[identity]


def same_variable(identity: str, entries: list[Entry], taken: Entry) -> Problem:
    """One source gives a variable under several names."""
    names, count = " and ".join(entry.name for entry in entries), "both" if len(entries) == 2 else "all"
    return Problem(
        "name-twice",
        f"{names} are the same variable, and {count} are set",
        variable=identity,
        source=str(taken.source),
        hint=f"keep one of them; the application uses {taken.name}",
        severity=WARNING,
    )
