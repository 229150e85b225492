"""TYPE_UNDECIDED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import REVIEW

RULE = CompareRule(
    id="TYPE_UNDECIDED",
    purpose="What a variable accepts has changed, and whether values are refused could not be decided.",
    remedy="Look at the values in use: confcontract validate --contract NEW shows it for each environment.",
    back_remedy="Look at the values in use: confcontract validate --contract OLD shows it for each environment.",
    circumstances="Information in a direction in which everything is certainly accepted.",
    mirror=("TYPE_UNDECIDED",),
    forward=REVIEW,
    rollback=REVIEW,
    find=accepted("TYPE_UNDECIDED"),
)
