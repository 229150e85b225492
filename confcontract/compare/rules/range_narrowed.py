"""RANGE_NARROWED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="RANGE_NARROWED",
    purpose="A bound of a number, a length or a number of items is tighter, or new.",
    remedy="Change the values that are refused before you upgrade.",
    back_remedy="Nothing to do: the old bounds are wider.",
    mirror=("RANGE_WIDENED",),
    forward=ERROR,
    rollback=INFO,
    find=accepted("RANGE_NARROWED"),
)
