"""ALIAS_ADDED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.names_changed import names_changed
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair, name in names_changed(compared).gained:
        old = pair.old["name"]
        yield ContractChange(
            pair.path,
            (old, name),
            "",
            name,
            f"may be called {name} now, too",
            back=f"is not read by the old version, which calls the variable {old}",
            back_remedy=f"Where {name} is set, set {old} instead before you go back.",
            declared=pair.declared,
        )


RULE = CompareRule(
    id="ALIAS_ADDED",
    purpose="A variable is read by one more name.",
    remedy="Nothing to do.",
    back_remedy="Use a name that the old version reads before you go back.",
    mirror=("ALIAS_REMOVED",),
    forward=INFO,
    rollback=ERROR,
    find=find,
)
