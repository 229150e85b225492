"""ALIAS_REMOVED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.names_changed import names_changed
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair, name in names_changed(compared).lost:
        new = pair.new["name"]
        yield ContractChange(
            pair.path,
            (name, new),
            name,
            "",
            f"is no longer read; the variable is called {new}",
            back=f"may be called {name} again, too",
            remedy=f"Where {name} is set, set {new} instead before you upgrade.",
            declared=pair.declared,
        )


RULE = CompareRule(
    id="ALIAS_REMOVED",
    purpose="One of several names of a variable is no longer read.",
    remedy="Use another of its names before you upgrade.",
    back_remedy="Nothing to do: the old version reads the names of the new one.",
    mirror=("ALIAS_ADDED", "ENV_RENAMED_ALIASED"),
    forward=ERROR,
    rollback=INFO,
    find=find,
)
