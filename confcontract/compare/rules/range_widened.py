"""RANGE_WIDENED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="RANGE_WIDENED",
    purpose="A bound of a number, a length or a number of items is wider, or gone.",
    remedy="Nothing to do: everything that was accepted still is.",
    back_remedy="Before you go back, change the values that the old version refuses.",
    mirror=("RANGE_NARROWED",),
    forward=INFO,
    rollback=ERROR,
    find=accepted("RANGE_WIDENED"),
)
