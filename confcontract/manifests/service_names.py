"""Finds settings with the names of variables that Kubernetes would add for a Service of the namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator

from confcontract.contract.artifact import Contract
from confcontract.manifests.workload import Container, ManifestProblem, Origin
from confcontract.report.problem import WARNING, Problem
from confcontract.verdict.sources.servicelinks import REMEDY

_LINK = re.compile(
    r"(?P<service>[A-Z][A-Z0-9_]*?)_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_[0-9]+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)\Z"
)


def link_problems(contract: Contract, container: Container) -> Iterator[ManifestProblem]:
    """One warning for each Service that could set variables of the contract which the manifest does not set."""
    if not container.service_links:
        return
    given = {each.name for each in container.environment if each.origin is not Origin.IMAGE}  # links override that
    found: dict[str, list[str]] = {}
    for variable in contract.variables:
        names = (variable["name"], *variable.get("aliases", ()))
        if not given.isdisjoint(names):
            continue  # a variable in the manifest overrides a link
        for name in names:
            if link := _LINK.match(name.upper()):
                found.setdefault(link["service"].lower().replace("_", "-"), []).append(name)
    for service, taken in found.items():
        message = f"a Service called {service} in the namespace would set {' and '.join(taken)}"
        problem = Problem("name-collides", message, hint=REMEDY, severity=WARNING)
        yield ManifestProblem(problem, container.place)
