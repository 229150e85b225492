"""The data of a report: one or several comparisons, what counts as a finding, and how the command ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from confcontract.compare.diff import Comparison
from confcontract.compare.finding import Bearing, Finding
from confcontract.compare.version_words import version_in_words
from confcontract.findings.direction import FORWARD, Direction
from confcontract.findings.outcome import CLEAN, FAILED, FOUND
from confcontract.findings.severity import REVIEW, Severity
from confcontract.report.problem import Problem

if TYPE_CHECKING:
    from confcontract.compare.deployment import Deployment


def nowhere(declared: str) -> str:
    """The place of a declaration if the file is not searched."""
    return declared


@dataclass(frozen=True)
class DiffReport:
    """comparisons: of each old contract with the new one. threshold: the lowest severity that blocks. problems: why the
    evaluation failed; then there are no comparisons. notes: messages about approvals. located: FILE:LINE in a contract
    → its path here. deployments: of each comparison, if an environment was passed.
    """

    comparisons: tuple[Comparison, ...] = ()
    threshold: Severity = REVIEW
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()
    located: Callable[[str], str] = nowhere
    deployments: Sequence[Deployment] = ()

    @property
    def failed(self) -> bool:
        return bool(self.problems) or not self.comparisons

    @property
    def exit_code(self) -> int:
        if self.failed:
            return FAILED
        steps = ((comparison, direction) for comparison in self.comparisons for direction in comparison.directions)
        return CLEAN if all(self.passes(*step) for step in steps) else FOUND

    def passes(self, comparison: Comparison, direction: Direction) -> bool:
        """Whether nothing blocks, and the version that will run accepts the environment, if one was passed."""
        return not any(map(self.blocks, comparison.of(direction))) and not self.is_refused(comparison, direction)

    def is_refused(self, comparison: Comparison, direction: Direction) -> bool:
        """Whether the version that will run refuses the environment that was passed."""
        deployments = zip(self.comparisons, self.deployments, strict=False)
        return any(each is comparison and not there.after(direction).accepts for each, there in deployments)

    @property
    def findings(self) -> list[Finding]:
        return [finding for each in self.comparisons for finding in each.findings]

    def blocks(self, finding: Finding) -> bool:
        harmless = finding.bearing is Bearing.HARMLESS
        return not finding.approved and not harmless and finding.severity.reaches(self.threshold)


def called(comparison: Comparison, direction: Direction, service: str | None = None) -> str:
    """'shop 1.4.0 → 1.5.0' for an upgrade, 'shop 1.5.0 → 1.4.0' for a rollback.

    service: its name, if it differs from the contract's name.
    """
    one, other = comparison.old, comparison.new
    if direction is not FORWARD:
        one, other = other, one
    if one.name != other.name:
        said = f"{one.name} {version_in_words(one)} → {other.name} {version_in_words(other)}"
        return said if service is None else f"{service}: {said}"
    name = one.name if service is None else service
    if one.version == other.version:
        which = ("old", "new") if direction is FORWARD else ("new", "old")
        told = [f"{name} {version_in_words(each)} ({word})" for each, word in zip((one, other), which, strict=True)]
        return " → ".join(told)
    return f"{name} {version_in_words(one)} → {version_in_words(other)}"


def step(direction: Direction) -> str:
    return "upgrade" if direction is FORWARD else "rollback"


def verdict(report: DiffReport, comparison: Comparison, direction: Direction) -> str:
    """'the upgrade from 1.4.0 to 1.5.0 is safe', or not."""
    found = comparison.of(direction)
    if report.is_refused(comparison, direction):
        return f"the {step(direction)} is refused here"
    here = " here" if report.deployments else ""
    if any(each.severity.value == "error" and report.blocks(each) for each in found):
        return f"the {step(direction)} is not safe{here}"
    if any(report.blocks(each) for each in found):
        return f"the {step(direction)} needs a look{here}"
    return f"the {step(direction)} is safe{here}"
