"""ROLE_ADDED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    for name in compared.new.roles:
        if name not in compared.old.roles:
            yield ContractChange(
                f"roles.{name}",
                (),
                "",
                name,
                f"the role {name} is new",
                back=f"the old version has no role {name}: boot --role {name} fails",
            )


RULE = CompareRule(
    id="ROLE_ADDED",
    purpose="The image has one more role.",
    remedy="Nothing to do.",
    back_remedy="Stop what runs in this role before you go back.",
    mirror=("ROLE_REMOVED",),
    forward=INFO,
    rollback=ERROR,
    acceptance=False,
    find=find,
)
