"""FORMAT_MAJOR_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR


def find(compared: Compared) -> Iterator[ContractChange]:
    old, new = compared.old.data["apiVersion"], compared.new.data["apiVersion"]
    if old != new:
        yield ContractChange("", (), old, new, f"the format of the contract is {new} now, was {old}")


RULE = CompareRule(
    id="FORMAT_MAJOR_CHANGED",
    purpose="The contracts have different formats (apiVersion).",
    remedy="Compare with a release of confcontract that knows both formats, or bake both with one release.",
    mirror=("FORMAT_MAJOR_CHANGED",),
    forward=ERROR,
    rollback=ERROR,
    circumstances="A file in a format that this release does not know ends the command with 2 before that.",
    find=find,
)
