"""FORMAT_REMOVED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="FORMAT_REMOVED",
    purpose="A text no longer needs to have a form.",
    remedy="Nothing to do: everything that was accepted still is.",
    back_remedy="Before you go back, change the values that the old version refuses.",
    mirror=("FORMAT_ADDED",),
    forward=INFO,
    rollback=ERROR,
    find=accepted("FORMAT_REMOVED"),
)
