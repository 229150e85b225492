"""The report for programs. "outcome" is "error", "not verifiable", "warning" or "fine", for the whole, a container or a
problem. That of a problem may also be "note"."""

from __future__ import annotations

import json
from typing import Any

from confcontract.manifests.container_verdict import ContainerVerdict
from confcontract.manifests.manifest_report import ManifestReport, outcome_of, worst_of
from confcontract.manifests.shown_name import shown_image
from confcontract.manifests.workload import ManifestProblem
from confcontract.report import terminal
from confcontract.report.formats import hint_of


def render(report: ManifestReport, **_: object) -> str:
    told = {
        "exitCode": report.exit_code,
        "outcome": report.outcome.value,
        "counts": {outcome.value: count for outcome, count in report.counts.items()},
        "problems": [_problem(each) for each in report.problems],
        "containers": [_container(each) for each in report.verdicts],
    }
    return terminal.harmless_json(json.dumps(told, indent=2, ensure_ascii=True)) + "\n"


def _container(verdict: ContainerVerdict) -> dict[str, Any]:
    contract, container, workload = verdict.contract, verdict.container, verdict.workload
    return {
        "kind": workload.kind,
        "name": workload.name,
        "namespace": workload.namespace,
        "container": container.name,
        "init": container.init,
        "image": None if container.image is None else shown_image(container.image),
        "file": container.place.file,
        "line": container.place.line,
        "column": container.place.column,
        "contract": None
        if contract is None
        else {"name": contract.name, "version": contract.version, "digest": contract.digest},
        "outcome": worst_of(verdict.problems).value,
        "problems": [_problem(each) for each in verdict.problems],
        "notExamined": [*verdict.unexamined],
        "deferred": [*verdict.deferred],
    }


def _problem(found: ManifestProblem) -> dict[str, Any]:
    told = found.problem.as_dict() | {"hint": hint_of(found.problem)}
    place = {"file": found.place.file, "line": found.place.line or None, "column": found.place.column or None}
    return {"outcome": outcome_of(found).value, **told, **place}
