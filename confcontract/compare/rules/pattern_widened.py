"""PATTERN_WIDENED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="PATTERN_WIDENED",
    purpose="The pattern of a text matches more than before.",
    remedy="Nothing to do: everything that was accepted still is.",
    back_remedy="Before you go back, change the values that the old version refuses.",
    mirror=("PATTERN_NARROWED",),
    forward=INFO,
    rollback=ERROR,
    find=accepted("PATTERN_WIDENED"),
)
