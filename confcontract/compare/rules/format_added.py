"""FORMAT_ADDED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="FORMAT_ADDED",
    purpose="A text must now have a form, such as that of a regular expression.",
    remedy="Change the values that are refused before you upgrade.",
    back_remedy="Nothing to do: the old version accepts all that the new one does.",
    circumstances="Only forms that are enforced at the start; a mere annotation is not compared.",
    mirror=("FORMAT_REMOVED",),
    forward=ERROR,
    rollback=INFO,
    find=accepted("FORMAT_ADDED"),
)
