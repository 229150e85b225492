"""EMPTY_ACCEPTED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="EMPTY_ACCEPTED",
    purpose="The empty value is accepted now.",
    remedy="Nothing to do: everything that was accepted still is.",
    back_remedy="Before you go back, set a value, or remove the variable, where it is set to nothing.",
    mirror=("EMPTY_REJECTED",),
    forward=INFO,
    rollback=ERROR,
    find=accepted("EMPTY_ACCEPTED"),
)
