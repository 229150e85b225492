"""ENV_RENAMED_ALIASED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.names_changed import names_changed
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in names_changed(compared).kept_as_alias:
        old, new = pair.old["name"], pair.new["name"]
        yield ContractChange(
            pair.path,
            (old, new),
            old,
            new,
            f"is called {new} now; the old name is still read",
            back=f"is called {old} in the old version, which does not read {new}",
            remedy=f"Set {new} instead when it suits you.",
            back_remedy=f"Set {old} instead of {new}, or both, before you go back.",
            declared=pair.declared,
        )


RULE = CompareRule(
    id="ENV_RENAMED_ALIASED",
    purpose="A variable has a new name, and the old one is still read.",
    remedy="Use the new name when it suits you.",
    back_remedy="Set the old name before you go back.",
    mirror=("ALIAS_REMOVED",),
    forward=INFO,
    rollback=ERROR,
    find=find,
)
