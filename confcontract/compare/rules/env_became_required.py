"""ENV_BECAME_REQUIRED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.presence import became, need_of
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in became(compared, required=True):
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
    id="ENV_BECAME_REQUIRED",
    purpose="A variable that could be left out must be set now.",
    remedy="Set it wherever it is left out, before you upgrade.",
    back_remedy="Nothing to do: the old version has a default.",
    mirror=("ENV_BECAME_OPTIONAL",),
    forward=ERROR,
    rollback=INFO,
    find=find,
)
