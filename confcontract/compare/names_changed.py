"""What happened to the names of each variable, determined once for all rules about names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from confcontract.compare.pairing import Compared, Pair, Variable, names_of, once_for_all_rules


@dataclass
class NamesChanged:
    """kept_as_alias: its first old name is still read, but no longer the first. renamed: its old name is no longer
    read. lost, gained: (pair, name) of other names. reordered: the same names in another order.
    """

    kept_as_alias: list[Pair] = field(default_factory=list)
    renamed: list[Pair] = field(default_factory=list)
    lost: list[tuple[Pair, str]] = field(default_factory=list)
    gained: list[tuple[Pair, str]] = field(default_factory=list)
    reordered: list[Pair] = field(default_factory=list)


@once_for_all_rules
def names_changed(compared: Compared) -> NamesChanged:
    found = NamesChanged()
    for pair in compared.pairs if compared.prefixes else compared.changed:
        _sort_out(compared, pair, found)
    return found


def folded_names(key: Callable[[str], str], names: Iterable[str]) -> tuple[str, str] | None:
    """Two of these names that are equal if case does not matter."""
    known: dict[str, str] = {}
    for name in names:
        if known.setdefault(key(name), name) != name:
            return known[key(name)], name
    return None


def names_that_meet(owners: Mapping[str, Sequence[Variable]]) -> str:
    """In words: the names of different variables that are equal if case does not matter; or "".

    owners: name, in the form that is compared → the variables that read it.
    """
    met = []
    for key, variables in owners.items():
        if len(variables) > 1:
            spelled = {name for each in variables for name in names_of(each) if name.lower() == key.lower()}
            if len(spelled) > 1:
                met.append(" and ".join(sorted(spelled)))
    return f", so that these are one name: {', '.join(met)}" if met else ""


def _sort_out(compared: Compared, pair: Pair, found: NamesChanged) -> None:
    key = compared.key
    old = [key(compared.translated(name)) for name in names_of(pair.old)]
    new = [key(name) for name in names_of(pair.new)]
    if old == new:
        return
    told: set[str] = set()
    if old[0] != new[0]:
        reads_old, knew_new = old[0] in new, new[0] in old
        if reads_old and not knew_new:
            found.kept_as_alias.append(pair)
            told = {new[0]}
        elif not reads_old and not knew_new:
            found.renamed.append(pair)
            told = {old[0], new[0]}
    found.lost += [(pair, name) for name in names_of(pair.old) if _is_new(compared, name, new, told)]
    found.gained += [(pair, name) for name in names_of(pair.new) if key(name) not in old and key(name) not in told]
    common_old, common_new = [n for n in old if n in new], [n for n in new if n in old]
    if common_old != common_new:
        found.reordered.append(pair)


def _is_new(compared: Compared, name: str, known: Sequence[str], told: set[str]) -> bool:
    normal = compared.key(compared.translated(name))
    return normal not in known and normal not in told
