"""Pair the variables of two contracts.

Pairs are found by the place of the field in the settings, which stays when a variable gets another name; then by name;
then by the deprecated names in the contracts, and the renamed ones that the project lists.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from confcontract.contract.artifact import Contract

if TYPE_CHECKING:
    from confcontract.compare.accepted import IndexedPlan
    from confcontract.compare.accepted.same_plan import SamePlan

Variable = Mapping[str, Any]
Owners = Mapping[str, tuple[Variable, ...]]
_Found = TypeVar("_Found")


def names_of(variable: Variable) -> tuple[str, ...]:
    """All accepted names, best first."""
    return (variable["name"], *variable.get("aliases", ()))


def path_of(variable: Variable) -> str:
    """Sections that bake makes for several classes have a name that no field can have."""
    return ".".join(variable["path"]).replace("\0", "")


class Pair(NamedTuple):
    """A variable of the old contract, and its counterpart in the new one."""

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


_paired: Callable[[tuple[Variable, Variable]], Pair] = partial(tuple.__new__, Pair)  # much faster than Pair itself
_path_in = itemgetter("path")


@dataclass(frozen=True, eq=False)
class Compared:
    """Two contracts, and their variables in pairs.

    added, removed: those without a counterpart. prefixes: the prefix of names in both, if it changed and explains other
    names. key: a name in the form that is compared here.
    """

    old: Contract
    new: Contract
    pairs: tuple[Pair, ...]
    added: tuple[Variable, ...]
    removed: tuple[Variable, ...]
    prefixes: tuple[tuple[str, str], ...]
    key: Callable[[str], str]

    @cached_property
    def paired_paths(self) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(pair.old["path"]) for pair in self.pairs)

    @cached_property
    def changed(self) -> tuple[Pair, ...]:
        """The pairs whose descriptions are not identical; the place of the declaration is ignored."""
        return tuple([pair for pair in self.pairs if not _is_alike(pair[0], pair[1])])

    @cached_property
    def treated_otherwise(self) -> tuple[Pair, ...]:
        """The pairs that the plans of the two contracts do not treat identically."""
        plans = self.plans
        some: Iterable[Pair] = self.changed
        if not plans.all_steady:
            steady = plans.steady
            changed = {*map(id, self.changed)}
            more = [each for each in self.pairs if each[0]["path"][0] not in steady and id(each) not in changed]
            if more:
                changed.update(map(id, more))
                some = compress(self.pairs, map(changed.__contains__, map(id, self.pairs)))
        return tuple(each for each in some if not plans.is_same(each.old, each.new))

    @cached_property
    def touched(self) -> tuple[Pair, ...]:
        """The pairs with any change: in the description, or in how the plans treat them."""
        changed = {*map(id, self.changed)}
        some = changed.union(map(id, self.treated_otherwise))
        if len(some) == len(changed):
            return self.changed
        return tuple(compress(self.pairs, map(some.__contains__, map(id, self.pairs))))

    @property
    def plans(self) -> SamePlan:
        from confcontract.compare.accepted.same_plan import same_plan

        return same_plan(*self.indexed)

    @cached_property
    def indexed(self) -> tuple[IndexedPlan, IndexedPlan]:
        """Both plans, indexed for questions about one variable after the other."""
        from confcontract.compare.accepted import IndexedPlan

        return IndexedPlan(self.old, lambda: self._fields_touched), IndexedPlan(self.new, lambda: self._fields_touched)

    @cached_property
    def _fields_touched(self) -> frozenset[str]:
        """The settings fields that are, or contain, new, removed or changed variables."""
        pairs = (variable for pair in self.touched for variable in pair)
        return frozenset(each["path"][0] for each in (*pairs, *self.added, *self.removed))

    @cached_property
    def names_touched(self) -> frozenset[str]:
        """The names, in the form that is compared here, that different variables read in the two contracts."""
        alone = (name for each in (*self.added, *self.removed) for name in _keys(each, self.key))
        sides = ((set(_keys(pair.old, self.key)), set(_keys(pair.new, self.key))) for pair in self.changed)
        return frozenset((*alone, *(name for old, new in sides for name in old ^ new)))

    def owners(self, names: Collection[str] | None = None) -> tuple[Owners, Owners]:
        """Name → the variables that read it, in the old contract and in the new one. names: only these, in the form
        that is compared here.
        """
        return _owners(self.old.variables, self.key, names), _owners(self.new.variables, self.key, names)

    @cached_property
    def _partners(self) -> Mapping[int, Variable]:
        found = {id(pair.old): pair.new for pair in self.pairs}
        found.update((id(pair.new), pair.old) for pair in self.pairs)
        return found

    def partner(self, variable: Variable) -> Variable | None:
        """The other variable of its pair."""
        return self._partners.get(id(variable))

    def translated(self, name: str) -> str:
        """A name of the old contract, with the new prefix if the names differ only in that."""
        for before, after in self.prefixes:
            if self.key(name).startswith(self.key(before)):
                return after + name[len(before) :]
        return name

    def same_name(self, pair: Pair) -> bool:
        """Whether both have the same name, except for the prefix."""
        return self.key(self.translated(pair.old["name"])) == self.key(pair.new["name"])


def _is_alike(one: Variable, other: Variable) -> bool:
    place, now = one.get("declaredAt"), other.get("declaredAt")
    if place == now:
        return one == other
    moved = one.copy() if isinstance(one, dict) else {**one}  # usually the fast way: there may be thousands
    moved["declaredAt"] = now
    return bool(moved == (other if now is not None else {**other, "declaredAt": None}))


def once_for_all_rules(work: Callable[[Compared], _Found]) -> Callable[[Compared], _Found]:
    """Compute data that several rules need for two contracts once, and free it together with them."""
    known: WeakKeyDictionary[Compared, _Found] = WeakKeyDictionary()

    def found(compared: Compared) -> _Found:
        if compared not in known:
            known[compared] = work(compared)
        return known[compared]

    return found


def pair_up(old: Contract, new: Contract, renamed: Mapping[str, str] | None = None) -> Compared:
    """renamed: names of the old contract → names of the new one, from the project's settings."""
    sensitive = all(contract.compiled["settings"][0]["caseSensitive"] for contract in (old, new))
    key: Callable[[str], str] = str if sensitive else str.lower
    said = {key(before): key(after) for before, after in (renamed or {}).items()}
    first, last = (0, 0) if said else _in_place(old.variables, new.variables)
    left, right = (each.variables[first : len(each.variables) - last] for each in (old, new))
    found: dict[int, Variable] = {}  # of the old contract, by identity → of the new one
    taken: set[int] = set()

    def marry(one: Variable, other: Variable) -> None:
        found[id(one)] = other
        taken.add(id(other))

    if said:
        _by_names(left, right, key, marry, lambda variable: [said[n] for n in _keys(variable, key) if n in said])
    by_path = {tuple(each["path"]): each for each in reversed(right) if id(each) not in taken}
    for each in left:
        other = by_path.pop(tuple(each["path"]), None) if id(each) not in found else None
        if other is not None:
            marry(each, other)
    ones = [each for each in left if id(each) not in found]
    others = [each for each in right if id(each) not in taken]
    steps: list[tuple[bool, Callable[[Variable], list[str]]]] = [
        (True, lambda variable: [key(variable["name"])]),
        (True, lambda variable: _keys(variable, key)),
        (True, lambda variable: _replacement(variable, key)),
        (False, lambda variable: _replacement(variable, key)),
    ]
    for forward, wanted in steps:
        if ones and others and forward:
            _by_names(ones, others, key, marry, wanted)
        elif ones and others:
            _by_names(others, ones, key, lambda a, b: marry(b, a), wanted)
        ones = [each for each in ones if id(each) not in found]
        others = [each for each in others if id(each) not in taken]
    before, now = old.variables, new.variables
    pairs = (
        *map(_paired, zip(before[:first], now[:first], strict=True)),
        *(Pair(each, found[id(each)]) for each in left if id(each) in found),
        *map(_paired, zip(before[len(before) - last :], now[len(now) - last :], strict=True)),
    )
    return Compared(
        old,
        new,
        pairs,
        added=tuple(others),
        removed=tuple(ones),
        prefixes=_prefixes(old, new, pairs, key),
        key=key,
    )


def _in_place(ones: Sequence[Variable], others: Sequence[Variable]) -> tuple[int, int]:
    """How many at the beginning, and how many of the rest at the end, have the same path as in the other contract."""
    size = min(len(ones), len(others))
    before, now = [*map(_path_in, ones)], [*map(_path_in, others)]
    if before == now:
        return size, 0
    first = next((n for n in range(size) if before[n] != now[n]), size)
    last = next((n for n in range(size - first) if before[-1 - n] != now[-1 - n]), size - first)
    return first, last


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


def _owners(variables: Iterable[Variable], key: Callable[[str], str], wanted: Collection[str] | None) -> Owners:
    found: dict[str, tuple[Variable, ...]] = {}
    if wanted is not None:  # a few of very many
        variables = [each for each in variables if key(each["name"]) in wanted or "aliases" in each]
    for variable in variables:
        for name in dict.fromkeys(_keys(variable, key)):
            if wanted is None or name in wanted:
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
