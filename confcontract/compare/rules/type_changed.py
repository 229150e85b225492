"""TYPE_CHANGED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR

RULE = CompareRule(
    id="TYPE_CHANGED",
    purpose="A variable has another type: strings that were accepted are refused, and vice versa.",
    remedy="Write the value for the new type, together with the upgrade; or give the new meaning a new name.",
    back_remedy="Write the value for the old type, together with the rollback.",
    mirror=("TYPE_CHANGED",),
    forward=ERROR,
    rollback=ERROR,
    find=accepted("TYPE_CHANGED"),
)
