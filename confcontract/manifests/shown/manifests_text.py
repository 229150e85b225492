"""The report for people: each container with its problems and their places, and finally the verdict in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from confcontract.manifests.container_verdict import ContainerVerdict
from confcontract.manifests.manifest_report import ManifestOutcome, ManifestReport, counted, in_words, outcome_of
from confcontract.manifests.workload import ManifestProblem
from confcontract.report import terminal
from confcontract.report.formats import hint_of
from confcontract.report.terminal import paint, printable

_COLORS = {
    ManifestOutcome.WRONG: terminal.RED,
    ManifestOutcome.UNVERIFIABLE: terminal.YELLOW,
    ManifestOutcome.WARNING: terminal.YELLOW,
    ManifestOutcome.NOTE: terminal.CYAN,
    ManifestOutcome.FINE: terminal.GREEN,
}
_WIDTH = 16
_INDENT = " " * _WIDTH
_ORDER = [*ManifestOutcome]


def render(report: ManifestReport, *, color: bool = False) -> str:
    return "\n".join(terminal.harmless(line.rstrip()) for line in _lines(report, color)) + "\n"


def _lines(report: ManifestReport, color: bool) -> Iterator[str]:
    if report.problems:
        yield paint("The manifests", color, terminal.BOLD)
        yield ""
        yield from _entries(report.problems, color)
    for verdict in report.verdicts:
        yield paint(printable(_title(verdict)), color, terminal.BOLD)
        yield ""
        yield from _entries(verdict.problems, color)
        for what in verdict.unexamined:
            yield f"not examined: {printable(what)}"
        if verdict.deferred:
            yield f"accepted by the contract; the application checks further: {printable(', '.join(verdict.deferred))}"
        if verdict.unexamined or verdict.deferred:
            yield ""
    yield paint(f"{report.words}.", color, terminal.BOLD, _COLORS[report.outcome])


def _title(verdict: ContainerVerdict) -> str:
    contract = verdict.contract
    of = f" ({contract.name} {contract.version})" if contract is not None else ""
    return f"{verdict.called}{of}: {in_words(counted(verdict.problems))}"


def _entries(problems: Sequence[ManifestProblem], color: bool) -> Iterator[str]:
    for found in sorted(problems, key=lambda each: _ORDER.index(outcome_of(each))):
        problem, outcome = found.problem, outcome_of(found)
        word = paint(f"{outcome.value:<{_WIDTH}}", color, terminal.BOLD, _COLORS[outcome])
        about = paint(f"{printable(problem.variable)} ", color, terminal.BOLD) if problem.variable else ""
        code = paint(f"[{problem.code}]", color, terminal.DIM)
        yield f"{word}{about}{code} {printable(problem.message)}"
        said = f" ({problem.source})" if problem.source and not problem.source_said else ""
        yield f"{_INDENT}in {printable(str(found.place) + said)}"
        if hint := hint_of(problem):
            yield f"{_INDENT}do: {printable(hint)}"
        yield ""
