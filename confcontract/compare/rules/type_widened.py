"""TYPE_WIDENED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="TYPE_WIDENED",
    purpose="A variable accepts more strings than before, because its type is another.",
    remedy="Nothing to do: everything that was accepted still is.",
    back_remedy="Before you go back, change the values that the old version refuses.",
    mirror=("TYPE_NARROWED",),
    forward=INFO,
    rollback=ERROR,
    find=accepted("TYPE_WIDENED"),
)
