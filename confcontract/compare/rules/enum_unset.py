"""ENUM_UNSET."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="ENUM_UNSET",
    purpose="A variable is no longer restricted to certain values.",
    remedy="Nothing to do: everything that was accepted still is.",
    back_remedy="Before you go back, change the values that the old version refuses.",
    mirror=("ENUM_SET",),
    forward=INFO,
    rollback=ERROR,
    find=accepted("ENUM_UNSET"),
)
