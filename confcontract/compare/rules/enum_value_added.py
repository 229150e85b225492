"""ENUM_VALUE_ADDED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="ENUM_VALUE_ADDED",
    purpose="A variable takes a value that it did not take before.",
    remedy="Nothing to do: everything that was accepted still is.",
    back_remedy="Before you go back, replace the value where it is set.",
    mirror=("ENUM_VALUE_REMOVED",),
    forward=INFO,
    rollback=ERROR,
    find=accepted("ENUM_VALUE_ADDED"),
)
