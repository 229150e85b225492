"""Which variable of one contract is which of the other.

First by the place of the field in the settings, which stays when a variable gets another name; then by name; then by
what the contracts say of deprecated names, or the project of renamed ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from confcontract.contract.artifact import Contract

if TYPE_CHECKING:
    from confcontract.compare.accepted import IndexedPlan
    from confcontract.compare.accepted.same_plan import SamePlan

Variable = Mapping[str, Any]


def names_of(variable: Variable) -> tuple[str, ...]:
    """All names that are accepted, best first."""
    return (variable["name"], *variable.get("aliases", ()))


def path_of(variable: Variable) -> str:
    """Sections that bake puts together from several classes have a name that no field can have."""
    return ".".join(variable["path"]).replace("\0", "")


@dataclass(frozen=True, eq=False)
class Pair:
    """A variable of the old contract, and the same in the new one. renamed: by what the prefixes explain, or not."""

    old: Variable
    new: Variable

    @property
    def path(self) -> str:
        return path_of(self.old)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.old["name"], self.new["name"])))

    @property
    def declared(self) -> str:
        return str(self.new.get("declaredAt") or self.old.get("declaredAt") or "")


@dataclass(frozen=True, eq=False)
class Compared:
    """Two contracts, and their variables in pairs.

    added, removed: those without a partner. prefixes: the prefix of names in both, where it changed and that explains
    other names. key: a name as names are compared here. owners: name → the variables that read it, by contract.
    """

    old: Contract
    new: Contract
    pairs: tuple[Pair, ...]
    added: tuple[Variable, ...]
    removed: tuple[Variable, ...]
    prefixes: tuple[tuple[str, str], ...]
    key: Callable[[str], str]
    old_owners: Mapping[str, tuple[Variable, ...]]
    new_owners: Mapping[str, tuple[Variable, ...]]
    partners: Mapping[int, Variable] = field(repr=False)
    kept: dict[str, Any] = field(default_factory=dict, repr=False)  # what rules have in common, worked out once

    @property
    def paired_paths(self) -> frozenset[tuple[str, ...]]:
        if "paths" not in self.kept:
            self.kept["paths"] = frozenset(tuple(pair.old["path"]) for pair in self.pairs)
        paths: frozenset[tuple[str, ...]] = self.kept["paths"]
        return paths

    @property
    def changed(self) -> tuple[Pair, ...]:
        """The pairs that are not described alike to the letter; where they are declared is no matter."""
        if "changed" not in self.kept:
            self.kept["changed"] = tuple(pair for pair in self.pairs if not _is_alike(pair.old, pair.new))
        changed: tuple[Pair, ...] = self.kept["changed"]
        return changed

    @property
    def judged(self) -> set[str]:
        """The paths of the pairs whose accepted strings were compared: what was found is all that there is."""
        paths: set[str] = self.kept.setdefault("judged", set())
        return paths

    @property
    def plans(self) -> SamePlan:
        from confcontract.compare.accepted.same_plan import same_plan

        return same_plan(*self.indexed)

    @property
    def indexed(self) -> tuple[IndexedPlan, IndexedPlan]:
        """Both plans, for what is asked of one variable after the other."""
        if "indexed" not in self.kept:
            from confcontract.compare.accepted import IndexedPlan

            self.kept["indexed"] = IndexedPlan(self.old), IndexedPlan(self.new)
        indexed: tuple[IndexedPlan, IndexedPlan] = self.kept["indexed"]
        return indexed

    def is_same(self, pair: Pair) -> bool:
        """Whether the plans of both contracts treat the two alike, to the letter."""
        same: dict[int, bool] | None = self.kept.get("same")
        if same is None:
            plans = self.plans
            same = self.kept["same"] = {id(each): plans.is_same(each.old, each.new) for each in self.pairs}
        return same[id(pair)]

    def partner(self, variable: Variable) -> Variable | None:
        """The other of its pair."""
        return self.partners.get(id(variable))

    def translated(self, name: str) -> str:
        """A name of the old contract, with the new prefix if that is all that changed of names."""
        for before, after in self.prefixes:
            if self.key(name).startswith(self.key(before)):
                return after + name[len(before) :]
        return name

    def same_name(self, pair: Pair) -> bool:
        """Whether both are called alike, but for the prefix."""
        return self.key(self.translated(pair.old["name"])) == self.key(pair.new["name"])


def _is_alike(one: Variable, other: Variable) -> bool:
    return one == other or {**one, "declaredAt": ""} == {**other, "declaredAt": ""}


def pair_up(old: Contract, new: Contract, renamed: Mapping[str, str] | None = None) -> Compared:
    """renamed: names of the old contract → names of the new one, as the project says."""
    sensitive = all(contract.compiled["settings"][0]["caseSensitive"] for contract in (old, new))
    key: Callable[[str], str] = str if sensitive else str.lower
    left, right = list(old.variables), list(new.variables)
    found: dict[int, Variable] = {}
    partners: dict[int, Variable] = {}

    def marry(one: Variable, other: Variable) -> None:
        found[id(one)] = other
        partners[id(one)], partners[id(other)] = other, one

    def free(variables: Sequence[Variable]) -> list[Variable]:
        if len(partners) == len(left) + len(right):
            return []
        return [each for each in variables if id(each) not in partners]

    said = {key(before): key(after) for before, after in (renamed or {}).items()}
    if said:
        _by_names(left, right, key, marry, lambda variable: [said[n] for n in _keys(variable, key) if n in said])
    by_path = {tuple(each["path"]): each for each in reversed(free(right))}
    for each in free(left):
        if (other := by_path.pop(tuple(each["path"]), None)) is not None:
            marry(each, other)
    steps: list[tuple[bool, Callable[[Variable], list[str]]]] = [
        (True, lambda variable: [key(variable["name"])]),
        (True, lambda variable: _keys(variable, key)),
        (True, lambda variable: _replacement(variable, key)),
        (False, lambda variable: _replacement(variable, key)),
    ]
    for forward, wanted in steps:
        ones, others = free(left), free(right)
        if ones and others and forward:
            _by_names(ones, others, key, marry, wanted)
        elif ones and others:
            _by_names(others, ones, key, lambda a, b: marry(b, a), wanted)
    pairs = tuple(Pair(each, found[id(each)]) for each in left if id(each) in found)
    return Compared(
        old,
        new,
        pairs,
        added=tuple(free(right)),
        removed=tuple(free(left)),
        prefixes=_prefixes(old, new, pairs, key),
        key=key,
        old_owners=_owners(left, key),
        new_owners=_owners(right, key),
        partners=partners,
    )


def _keys(variable: Variable, key: Callable[[str], str]) -> list[str]:
    return [key(name) for name in names_of(variable)] if "aliases" in variable else [key(variable["name"])]


def _replacement(variable: Variable, key: Callable[[str], str]) -> list[str]:
    by = variable.get("deprecated", {}).get("replacedBy")
    return [key(by)] if by else []


def _by_names(
    ones: Iterable[Variable],
    others: Iterable[Variable],
    key: Callable[[str], str],
    marry: Callable[[Variable, Variable], None],
    wanted: Callable[[Variable], list[str]],
) -> None:
    by_name: dict[str, Variable] = {}
    for other in others:
        for name in names_of(other):
            by_name.setdefault(key(name), other)
    taken: set[int] = set()
    for one in ones:
        for name in wanted(one):
            candidate = by_name.get(name)
            if candidate is not None and id(candidate) not in taken:
                taken.add(id(candidate))
                marry(one, candidate)
                break


def _owners(variables: Iterable[Variable], key: Callable[[str], str]) -> dict[str, tuple[Variable, ...]]:
    found: dict[str, tuple[Variable, ...]] = {}
    for variable in variables:
        names = _keys(variable, key)
        for name in dict.fromkeys(names) if len(names) > 1 else names:
            found[name] = (*found[name], variable) if name in found else (variable,)
    return found


def _prefixes(
    old: Contract, new: Contract, pairs: tuple[Pair, ...], key: Callable[[str], str]
) -> tuple[tuple[str, str], ...]:
    """(old prefix, new prefix) of each settings class whose prefix changed, if variables really moved with it."""
    before, after = old.compiled["settings"], new.compiled["settings"]
    by_class = {program["class"]: program for program in after}
    found: list[tuple[str, str]] = []
    for number, program in enumerate(before):
        other = by_class.get(program["class"]) or (after[number] if number < len(after) else None)
        if other is None or key(other["prefix"]) == key(program["prefix"]):
            continue
        change = (program["prefix"], other["prefix"])
        if change not in found and any(_moved(pair, *change, key) for pair in pairs):
            found.append(change)
    return tuple(sorted(found, key=lambda each: -len(each[0])))


def _moved(pair: Pair, before: str, after: str, key: Callable[[str], str]) -> bool:
    name, now = key(pair.old["name"]), key(pair.new["name"])
    if not (name.startswith(key(before)) and now == key(after) + name[len(before) :]):
        return False
    return name not in {key(each) for each in names_of(pair.new)}
