"""PATTERN_UNDECIDED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import REVIEW

RULE = CompareRule(
    id="PATTERN_UNDECIDED",
    purpose="The pattern of a text is another, and which of both matches more could not be decided: "
    "it has look-around, or it took too long.",
    remedy="Check the values in use against the new pattern, or write it without look-around.",
    back_remedy="Check the values in use against the old pattern.",
    mirror=("PATTERN_UNDECIDED",),
    forward=REVIEW,
    rollback=REVIEW,
    find=accepted("PATTERN_UNDECIDED"),
)
