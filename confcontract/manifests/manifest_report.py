"""The report on manifests: each container with its verdict, what could not be read, and the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from confcontract.findings.outcome import FOUND
from confcontract.manifests.container_verdict import ContainerVerdict, judge_container
from confcontract.manifests.contract_choice import Choice, ContractChoice
from confcontract.manifests.workload import Container, FilePlace, ManifestProblem, Manifests, Workload
from confcontract.report import exit_codes
from confcontract.report.errors import ContractUnusable
from confcontract.report.problem import ERROR, INFO, WARNING, Problem


class ManifestOutcome(Enum):
    """The outcome of a problem, of a container, or of all manifests, the worst first. UNVERIFIABLE: nothing is known to
    be wrong, but not everything is known to be right."""

    WRONG = "error"
    UNVERIFIABLE = "not verifiable"
    WARNING = "warning"
    NOTE = "note"
    FINE = "fine"


_ORDER = [*ManifestOutcome]
_OF_SEVERITY = {ERROR: ManifestOutcome.WRONG, WARNING: ManifestOutcome.WARNING, INFO: ManifestOutcome.NOTE}
_WORDS = {
    ManifestOutcome.WRONG: ("error", "errors"),
    ManifestOutcome.UNVERIFIABLE: ("not verifiable", "not verifiable"),
    ManifestOutcome.WARNING: ("warning", "warnings"),
    ManifestOutcome.NOTE: ("note", "notes"),
}


def outcome_of(problem: ManifestProblem) -> ManifestOutcome:
    return _OF_SEVERITY[problem.problem.severity] if problem.verifiable else ManifestOutcome.UNVERIFIABLE


def worst_of(problems: Iterable[ManifestProblem]) -> ManifestOutcome:
    """Notes do not count."""
    found = [outcome for each in problems if (outcome := outcome_of(each)) is not ManifestOutcome.NOTE]
    return min(found, key=_ORDER.index, default=ManifestOutcome.FINE)


@dataclass(frozen=True)
class ManifestReport:
    """problems: of the files, independent of a container. fail_on: the least severe outcome that fails the command."""

    verdicts: tuple[ContainerVerdict, ...]
    problems: tuple[ManifestProblem, ...]
    fail_on: ManifestOutcome = ManifestOutcome.WRONG

    @property
    def all_problems(self) -> list[ManifestProblem]:
        return [*self.problems, *(each for verdict in self.verdicts for each in verdict.problems)]

    @property
    def exit_code(self) -> int:
        """The exit code of boot for the worst error. Without an error, the code for findings if fail_on is reached."""
        errors = [each.problem.code for each in self.all_problems if outcome_of(each) is ManifestOutcome.WRONG]
        if not errors and _ORDER.index(self.outcome) <= _ORDER.index(self.fail_on):
            return FOUND
        return exit_codes.worst(errors)

    @property
    def outcome(self) -> ManifestOutcome:
        return worst_of(self.all_problems)

    @property
    def counts(self) -> dict[ManifestOutcome, int]:
        counts = dict.fromkeys(_WORDS, 0)
        for each in self.all_problems:
            counts[outcome_of(each)] += 1
        return counts

    @property
    def unexamined(self) -> list[str]:
        """What was not examined in one of the containers, and what the application still checks."""
        told = [what for verdict in self.verdicts for what in verdict.unexamined]
        deferred = dict.fromkeys(name for verdict in self.verdicts for name in verdict.deferred)
        return [
            *dict.fromkeys(told),
            *([f"what only the application checks of {', '.join(deferred)}"] if deferred else []),
        ]

    @property
    def words(self) -> str:
        judged = sum(1 for each in self.verdicts if each.contract is not None)
        containers = f"{judged} container{'' if judged == 1 else 's'} judged"
        if len(self.verdicts) > judged:
            containers += f", {len(self.verdicts) - judged} not"
        return f"{containers}: {in_words(self.counts)}"


def in_words(counts: dict[ManifestOutcome, int]) -> str:
    told = [f"{count} {_WORDS[outcome][count != 1]}" for outcome, count in counts.items() if count]
    return ", ".join(told) or "no problems"


def counted(problems: Sequence[ManifestProblem]) -> dict[ManifestOutcome, int]:
    return ManifestReport((), tuple(problems)).counts


def judge_manifests(
    manifests: Manifests,
    choice: ContractChoice,
    *,
    role: str | None = None,
    strict: bool = False,
    fail_on: ManifestOutcome = ManifestOutcome.WRONG,
) -> ManifestReport:
    """Checks every container. A contract that can't be used is an error of the containers that it is for."""
    verdicts: list[ContainerVerdict] = []
    unusable = False
    for workload in manifests.workloads:
        for container in workload.containers:
            chosen = choice.of(workload, container)
            if chosen.contract is not None:
                try:
                    verdicts.append(judge_container(chosen.contract, workload, container, role=role, strict=strict))
                    continue
                except ContractUnusable as error:
                    chosen = Choice(None, faults=tuple(error.problems))
            unusable = unusable or bool(chosen.faults)
            verdicts.append(_unjudged(workload, container, chosen))
    problems = [*manifests.problems]
    unread = not verdicts and any(outcome_of(each) is ManifestOutcome.WRONG for each in problems)
    if not (unread or unusable) and not any(each.contract for each in verdicts):
        problems.append(_nothing(manifests, verdicts))
    return ManifestReport(tuple(verdicts), tuple(problems), fail_on)


def _unjudged(workload: Workload, container: Container, choice: Choice) -> ContainerVerdict:
    if choice.faults:
        faults = [ManifestProblem(each, container.place) for each in choice.faults]
        return ContainerVerdict(workload, container, None, (*faults, *container.found))
    message = f"there is no contract for it: {choice.why}"
    problem = Problem("container-unjudged", message, severity=INFO, hint=choice.do)
    told = ManifestProblem(problem, container.place, verifiable=False)
    return ContainerVerdict(workload, container, None, (told, *container.found))


def _nothing(manifests: Manifests, verdicts: Sequence[ContainerVerdict]) -> ManifestProblem:
    places = [each.container.place for each in verdicts] or [each.place for each in manifests.ignored]
    message = "no container was judged" if verdicts else "there is no container in the manifests"
    hint = (
        "name its contract with --contract and --container, or with --contracts"
        if verdicts
        else "name the files or folders that have them"
    )
    problem = Problem("container-unjudged", message, hint=hint)
    return ManifestProblem(problem, places[0] if places else FilePlace("the manifests"))
