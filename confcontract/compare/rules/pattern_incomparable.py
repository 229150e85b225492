"""PATTERN_INCOMPARABLE."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR

RULE = CompareRule(
    id="PATTERN_INCOMPARABLE",
    purpose="The pattern of a text matches other texts: some no longer, others in addition.",
    remedy="Change the values that are refused before you upgrade.",
    back_remedy="Before you go back, change the values that the old version refuses.",
    mirror=("PATTERN_INCOMPARABLE",),
    forward=ERROR,
    rollback=ERROR,
    find=accepted("PATTERN_INCOMPARABLE"),
)
