"""TYPE_NARROWED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="TYPE_NARROWED",
    purpose="A variable accepts fewer strings than before, because its type is another.",
    remedy="Change the values that are refused before you upgrade.",
    back_remedy="Nothing to do: the old version accepts all that the new one does.",
    mirror=("TYPE_WIDENED",),
    forward=ERROR,
    rollback=INFO,
    find=accepted("TYPE_NARROWED"),
)
