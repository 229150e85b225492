"""ENUM_SET."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="ENUM_SET",
    purpose="A variable takes only certain values now.",
    remedy="Change the values that are refused before you upgrade.",
    back_remedy="Nothing to do: the old version is not restricted to certain values.",
    mirror=("ENUM_UNSET",),
    forward=ERROR,
    rollback=INFO,
    find=accepted("ENUM_SET"),
)
