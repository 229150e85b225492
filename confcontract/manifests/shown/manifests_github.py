"""Reports problems as GitHub annotations at their lines."""

from __future__ import annotations

from confcontract.findings.workflow_commands import to_do, workflow_command
from confcontract.manifests.manifest_report import ManifestOutcome, ManifestReport, outcome_of
from confcontract.manifests.workload import ManifestProblem
from confcontract.report.formats import hint_of

_COMMANDS = {ManifestOutcome.WRONG: "error", ManifestOutcome.WARNING: "warning"}


def render(report: ManifestReport, **_: object) -> str:
    lines = [_annotation(each, "") for each in report.problems]
    lines += [_annotation(each, verdict.called) for verdict in report.verdicts for each in verdict.problems]
    lines.append(workflow_command("notice", "confcontract validate", [report.words]))
    lines += [workflow_command("notice", "not examined", [what]) for what in report.unexamined]
    return "".join(lines)


def _annotation(found: ManifestProblem, called: str) -> str:
    problem, outcome = found.problem, outcome_of(found)
    title = f"{problem.variable} ({problem.code})" if problem.variable else problem.code
    if outcome is ManifestOutcome.UNVERIFIABLE:
        title = f"not verifiable: {title}"
    place = {"file": found.place.file}
    if found.place.line:
        place |= {"line": str(found.place.line), "col": str(found.place.column or 1)}
    source = f"from: {problem.source}" if problem.source and not problem.source_said else ""
    parts = [problem.message, called, source, to_do(hint_of(problem))]
    return workflow_command(_COMMANDS.get(outcome, "notice"), title, parts, place)
