"""ENUM_VALUE_REMOVED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="ENUM_VALUE_REMOVED",
    purpose="A variable no longer takes one of its values.",
    remedy="Replace the value where it is set before you upgrade.",
    back_remedy="Nothing to do: the old version takes all values of the new one.",
    mirror=("ENUM_VALUE_ADDED",),
    forward=ERROR,
    rollback=INFO,
    find=accepted("ENUM_VALUE_REMOVED"),
)
