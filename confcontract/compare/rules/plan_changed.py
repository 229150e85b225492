"""PLAN_CHANGED. It reports only changes that no other rule has explained: compare/unexplained.py runs it last."""

from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import REVIEW

RULE = CompareRule(
    id="PLAN_CHANGED",
    purpose="How values are read or checked has changed in a way that no other rule covers.",
    remedy="Try the values in use: confcontract validate --contract NEW.",
    back_remedy="Try the values in use: confcontract validate --contract OLD.",
    mirror=("PLAN_CHANGED",),
    forward=REVIEW,
    rollback=REVIEW,
    find=lambda _: (),
)
