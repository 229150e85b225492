"""PATTERN_NARROWED."""

from confcontract.compare.accepted_changes import accepted
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO

RULE = CompareRule(
    id="PATTERN_NARROWED",
    purpose="The pattern of a text matches less than before.",
    remedy="Change the values that are refused before you upgrade.",
    back_remedy="Nothing to do: the old pattern matches more.",
    mirror=("PATTERN_WIDENED",),
    forward=ERROR,
    rollback=INFO,
    find=accepted("PATTERN_NARROWED"),
)
