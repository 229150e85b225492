"""ALIAS_PRECEDENCE_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.finding import WARNING, ContractChange
from confcontract.compare.names_changed import names_changed
from confcontract.compare.pairing import Compared, names_of
from confcontract.compare.rule import CompareRule


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in names_changed(compared).reordered:
        old, new = " before ".join(names_of(pair.old)), " before ".join(names_of(pair.new))
        yield ContractChange(
            pair.path,
            pair.names,
            old,
            new,
            f"where several of its names are set, the first of these counts now: {new} (was {old})",
            back=f"where several of its names are set, the first of these counts again: {old}",
            declared=pair.declared,
        )


RULE = CompareRule(
    id="ALIAS_PRECEDENCE_CHANGED",
    purpose="Where several names of one variable are set, another of them counts.",
    remedy="Set only one name of the variable.",
    mirror=("ALIAS_PRECEDENCE_CHANGED",),
    forward=WARNING,
    rollback=WARNING,
    acceptance=False,
    find=find,
)
