"""UNKNOWN_FORBIDDEN."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.compare.unknown_policy import policy_changes
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    yield from policy_changes(compared, forbidden=True)


RULE = CompareRule(
    id="UNKNOWN_FORBIDDEN",
    purpose="Names that are not settings are refused now (extra='forbid').",
    remedy="Remove what is not a setting before you upgrade: confcontract validate --strict finds it.",
    back_remedy="Nothing to do.",
    mirror=("UNKNOWN_IGNORED",),
    forward=ERROR,
    rollback=INFO,
    circumstances="A warning for a class that reads no files itself: nothing is refused in the environment.",
    find=find,
)
