"""EMPTY_REJECTED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="EMPTY_REJECTED",
    purpose="The empty value is no longer accepted.",
    remedy="Set a value, or remove the variable, where it is set to nothing (such as NAME= or an unset ${NAME:-}).",
    back_remedy="Nothing to do: the old version accepts the empty value.",
    mirror=("EMPTY_ACCEPTED",),
    forward=ERROR,
    rollback=INFO,
    find=accepted("EMPTY_REJECTED"),
)
