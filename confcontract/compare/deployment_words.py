"""The verdict on one deployment, in words."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.compare.deployment import Deployment, VersionVerdict
from confcontract.compare.diff import Comparison
from confcontract.compare.finding import Bearing
from confcontract.compare.report_of_diff import DiffReport
from confcontract.findings.direction import FORWARD, Direction

_NAMED = 5


def there(report: DiffReport, comparison: Comparison, deployment: Deployment) -> str:
    """One sentence: 'Upgrade safe here; a rollback to 1.3.2 is refused: SHOP_X.'"""
    told = "; ".join(_step(report, comparison, deployment, each) for each in comparison.directions)
    return f"{told[0].upper()}{told[1:]}."


def _step(report: DiffReport, comparison: Comparison, deployment: Deployment, direction: Direction) -> str:
    after = deployment.after(direction)
    word, to = ("upgrade", "the upgrade") if direction is FORWARD else ("rollback", "a rollback")
    step = f"{to} to {after.called}"
    if not after.accepts:
        before = deployment.old if direction is FORWARD else deployment.new
        already = " (so it is today)" if _names(before) == _names(after) else ""
        return f"{step} is refused here: {_listed(_names(after))}{already}"
    blocking = [each for each in comparison.of(direction) if report.blocks(each)]
    biting = [each.where or each.rule for each in blocking if each.bearing is Bearing.BITES]
    if biting:
        return f"{step} is accepted here, but check {_listed(biting)}"
    unseen = [each.where or each.rule for each in blocking]
    if unseen:
        return f"{step} could not be verified here: {_listed(unseen)}"
    rest = [each.where or each.rule for each in comparison.of(direction) if each.bearing is Bearing.UNVERIFIED]
    open_ = [*after.unseen, *rest]
    safe = f"{word} safe here" if direction is FORWARD else f"{word} to {after.called} safe here"
    return safe + (f" as far as can be checked (not verified: {_listed(open_)})" if open_ else "")


def refusals(comparison: Comparison, deployment: Deployment) -> Iterator[tuple[VersionVerdict, list[str]]]:
    """For each version that will run and refuses the environment: its refusals."""
    for direction in comparison.directions:
        after = deployment.after(direction)
        if not after.accepts:
            yield after, [f"{f'{each.variable}: ' if each.variable else ''}{each.message}" for each in after.refusals]


def _names(verdict: VersionVerdict) -> list[str]:
    return [each.variable or each.message for each in verdict.refusals]


def _listed(names: list[str]) -> str:
    told = list(dict.fromkeys(names))
    return ", ".join(told[:_NAMED]) + (f" and {len(told) - _NAMED} more" if len(told) > _NAMED else "")
