"""Which findings explain that a variable is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from confcontract import Contract, Problem, Resolution
from confcontract.compare.finding import Finding
from confcontract.compare.pairing import names_of, path_of

# Rules whose findings about the contract as a whole, without a path, are about each of its variables.
ABOUT_ALL = {
    "CASE_RELAXED",
    "CASE_TIGHTENED",
    "ENCODING_CHANGED",
    "PLAN_CHANGED",
    "PREFIX_CHANGED",
    "SOURCE_ORDER_CHANGED",
    "UNKNOWN_FORBIDDEN",
    "UNKNOWN_IGNORED",
}


def unexplained_problems(verdict: Resolution, sender: Contract, findings: Iterable[Finding]) -> Iterator[Problem]:
    """The errors of a verdict that none of the findings is about."""
    told = list(findings)
    for problem in verdict.problems:
        if problem.severity == "error":
            names = {name.upper() for name in (problem.variable, *problem.names) if name}
            paths = {path for contract in (verdict.contract, sender) for path in _paths(contract, names)}
            if not any(_explains(each, names, paths) for each in told):
                yield problem


def _paths(contract: Contract, names: set[str]) -> Iterator[str]:
    """The settings that these names are read for, also where a name goes on below the one of a section."""
    delimiter = (contract.compiled["settings"][0]["delimiter"] or "__").upper()
    for variable in contract.variables:
        for own in (each.upper() for each in names_of(variable)):
            if any(name in (own, f"{own}_FILE") or name.startswith(own + delimiter) for name in names):
                yield path_of(variable)


def _explains(finding: Finding, names: set[str], paths: set[str]) -> bool:
    if not finding.path:
        return finding.rule in ABOUT_ALL
    if names & {name.upper() for name in finding.names}:
        return True
    return any(
        finding.path == path or path.startswith(f"{finding.path}.") or finding.path.startswith(f"{path}.")
        for path in paths
    )
