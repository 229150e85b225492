"""DIGEST_MISMATCH."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.contract.digest import digest_of
from confcontract.findings.severity import ERROR


def find(compared: Compared) -> Iterator[ContractChange]:
    for which, contract in (("old", compared.old), ("new", compared.new)):
        actual = digest_of(contract.data)
        if actual != contract.digest:
            yield ContractChange(
                "",
                (),
                contract.digest,
                actual,
                f"the {which} contract was changed after it was baked: it says {contract.digest[:19]}…, "
                f"its content gives {actual[:19]}…",
            )


RULE = CompareRule(
    id="DIGEST_MISMATCH",
    purpose="A contract does not match its own digest: it was edited.",
    remedy="Bake again instead of editing the file.",
    mirror=("DIGEST_MISMATCH",),
    forward=ERROR,
    rollback=ERROR,
    circumstances="An edited file ends the command with 2 before that; this is for contracts made in a program.",
    find=find,
)
