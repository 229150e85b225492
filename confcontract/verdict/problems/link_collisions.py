"""Values that Kubernetes sets for its Services, if their names are also those of settings: this is rarely intended."""

from __future__ import annotations

from confcontract.report.problem import ERROR, WARNING, Problem
from confcontract.verdict.sources.origin import IN_ENVIRONMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.sources.merged import Merged


def explain_links(result: Resolution, merged: Merged) -> None:
    from confcontract.verdict.sources.servicelinks import REMEDY

    taken: dict[str, str] = {}  # variable → name
    for place, (name, where) in result.gathered.origins.items():
        if where is IN_ENVIRONMENT and name in merged.links:
            variable = result.locator.variable(place)
            taken[variable["name"] if variable is not None else name] = name
    refused = {problem.variable for problem in result.problems if problem.severity == ERROR}
    for at, problem in enumerate(result.problems):
        if problem.variable in taken and problem.severity == ERROR:
            name = taken[problem.variable]
            service = merged.links[name]
            hint = f"{name} is a link to the Service {service}: {REMEDY}, or set {name} there yourself"
            result.problems[at] = problem.but(hint=hint)
    for variable_name, name in taken.items():
        if variable_name not in refused and merged.declared.knows(name):
            message = f"has its value from {name}, which Kubernetes has set for the Service {merged.links[name]}"
            hint = f"{REMEDY}, or set {name} there yourself"
            result.problems.append(
                Problem(
                    "name-collides", message, variable=variable_name, source="environment", hint=hint, severity=WARNING
                )
            )
