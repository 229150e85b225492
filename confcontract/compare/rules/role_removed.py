"""ROLE_REMOVED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    for name in compared.old.roles:
        if name not in compared.new.roles:
            yield ContractChange(
                f"roles.{name}",
                (),
                name,
                "",
                f"the role {name} is gone: boot --role {name} fails",
                back=f"the old version has the role {name}",
            )


RULE = CompareRule(
    id="ROLE_REMOVED",
    purpose="A role of the image is gone.",
    remedy="Start another role, or none, before you upgrade.",
    back_remedy="Nothing to do.",
    mirror=("ROLE_ADDED",),
    forward=ERROR,
    rollback=INFO,
    acceptance=False,
    find=find,
)
