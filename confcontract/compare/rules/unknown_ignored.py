"""UNKNOWN_IGNORED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.compare.unknown_policy import policy_changes
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    yield from policy_changes(compared, forbidden=False)


RULE = CompareRule(
    id="UNKNOWN_IGNORED",
    purpose="Names that are not settings are ignored now.",
    remedy="Nothing to do.",
    back_remedy="Remove what is not a setting of the old version before you go back.",
    mirror=("UNKNOWN_FORBIDDEN",),
    forward=INFO,
    rollback=ERROR,
    circumstances="A warning for a class that reads no files itself: nothing is refused in the environment.",
    find=find,
)
