"""ENV_BECAME_OPTIONAL."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.presence import became, need_of
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in became(compared, required=False):
        old, new = need_of(pair.old).value, need_of(pair.new).value
        yield ContractChange(
            pair.path,
            pair.names,
            old,
            new,
            f"is {new} now, was {old}",
            back=f"is {old} in the old version",
            declared=pair.declared,
        )


RULE = CompareRule(
    id="ENV_BECAME_OPTIONAL",
    purpose="A variable that had to be set can be left out now.",
    remedy="Nothing to do.",
    back_remedy="Keep it set, or set it again, before you go back.",
    mirror=("ENV_BECAME_REQUIRED",),
    forward=INFO,
    rollback=ERROR,
    find=find,
)
