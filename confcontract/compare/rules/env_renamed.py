"""ENV_RENAMED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.names_changed import names_changed
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in names_changed(compared).renamed:
        old, new = pair.old["name"], pair.new["name"]
        yield ContractChange(
            pair.path,
            (old, new),
            old,
            new,
            f"is called {new} now, and the old name is no longer read",
            back=f"is called {old} in the old version, which does not read {new}",
            remedy=f"Set {new} before you upgrade; or keep {old} as an alias: "
            f'validation_alias=AliasChoices("{new}", "{old}").',
            back_remedy=f"Set {old} before you go back.",
            declared=pair.declared,
        )


RULE = CompareRule(
    id="ENV_RENAMED",
    purpose="A variable has another name, and the old one is no longer read.",
    remedy="Set the new name before you upgrade, or keep the old one as an alias.",
    back_remedy="Set the old name before you go back.",
    mirror=("ENV_RENAMED",),
    forward=ERROR,
    rollback=ERROR,
    find=find,
)
