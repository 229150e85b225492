"""Names without a value, which Compose takes from its own environment: `NAME` alone in an env file or a list.

A bare name that the contract does not know may be a misplaced value. Messages show only its place, not the name.
"""

from __future__ import annotations

from dataclasses import replace

from confcontract.contract.declared import Declared
from confcontract.manifests.workload import Container, GivenVariable, ManifestProblem
from confcontract.report.problem import ERROR, WARNING, Problem

_OWN = "CONFCONTRACT_"


def without_unknown(container: Container, declared: Declared, *, strict: bool) -> Container:
    """Removes the unknown bare names from the container. Those that resemble a setting are added to its problems.
    strict: these are errors."""
    unknown = [each for each in container.environment if each.bare and not _is_known(each, declared)]
    if not unknown:
        return container
    beginnings = declared.sections
    found = [
        ManifestProblem(_problem(strict=strict), each.place)
        for each in unknown
        if any(declared.normal(each.name).startswith(beginning) for beginning in beginnings)
    ]
    kept = tuple(each for each in container.environment if each not in unknown)
    return replace(container, environment=kept, found=(*container.found, *found))


def _is_known(given: GivenVariable, declared: Declared) -> bool:
    name = given.name
    return declared.knows(name) or declared.pointed_at(name) is not None or name.startswith(_OWN)


def _problem(*, strict: bool) -> Problem:
    return Problem(
        "name-unknown",
        "a name without a value stands here that is not a setting of this application; it is not shown, since it may "
        "be a value",
        hint="write NAME=VALUE, correct the spelling, or remove it",
        severity=ERROR if strict else WARNING,
    )
