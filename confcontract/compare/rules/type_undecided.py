"""TYPE_UNDECIDED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import REVIEW

RULE = CompareRule(
    id="TYPE_UNDECIDED",
    purpose="Something of what a variable accepts is another, and whether values are refused could not be decided.",
    remedy="Look at the values in use: confcontract validate --contract NEW tells for each environment.",
    back_remedy="Look at the values in use: confcontract validate --contract OLD tells for each environment.",
    circumstances="Information in a direction in which all is accepted for sure.",
    mirror=("TYPE_UNDECIDED",),
    forward=REVIEW,
    rollback=REVIEW,
    find=accepted("TYPE_UNDECIDED"),
)
