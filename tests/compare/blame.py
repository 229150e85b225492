"""Which findings explain that a variable is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from confcontract import Contract, Problem, Resolution
from confcontract.compare.finding import Finding
from confcontract.compare.pairing import names_of, path_of

# Rules whose findings about the contract as a whole, without a path, are about each of its variables.
ABOUT_ALL = {
    "CASE_RELAXED",
    "CASE_TIGHTENED",
    "ENCODING_CHANGED",
    "FILE_SOURCE_REMOVED",
    "FILE_SOURCE_ADDED",
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
            names = [name for name in (problem.variable, *problem.names) if name]
            own: set[str] = set()
            above: set[str] = set()
            for contract in (verdict.contract, sender):
                own |= {path_of(each) for each in contract.variables if path_of(each) in names}  # a key of a file
                for name in names:
                    read, sections = _paths(contract, name.upper())
                    own |= read
                    above |= sections
                own |= _unions(contract, own)  # of whose members, some are refused because of others
            if not any(_explains(each, {name.upper() for name in names}, own, above) for each in told):
                yield problem


def _paths(contract: Contract, name: str) -> tuple[set[str], set[str]]:
    """The settings that a name is read for; and the sections above them, whose names it begins with."""
    read: set[str] = set()
    above: set[str] = set()
    delimiter = (contract.compiled["settings"][0]["delimiter"] or "__").upper()
    for variable in contract.variables:
        for own in (each.upper() for each in names_of(variable)):
            if name in (own, f"{own}_FILE"):
                read.add(path_of(variable))
            elif name.startswith(own + delimiter):
                above.add(path_of(variable))
    return read, above


def _unions(contract: Contract, paths: set[str]) -> set[str]:
    """The sections above these settings whose members are not those of one class."""
    fields = contract.compiled["validator"]["fields"]
    found = {path.split(".")[0] for path in paths if "." in path}
    return {path for path in found if path in fields and _has_choices(fields[path])}


def _has_choices(schema: Mapping[str, Any]) -> bool:
    """Whether it is a union, beneath a default and None."""
    return schema.get("type") == "union" or ("schema" in schema and _has_choices(schema["schema"]))


def _explains(finding: Finding, names: set[str], own: set[str], above: set[str]) -> bool:
    if not finding.path:
        return finding.rule in ABOUT_ALL
    if names & {name.upper() for name in finding.names}:
        return True
    if finding.path in above:
        return True
    return any(
        finding.path == path or path.startswith(f"{finding.path}.") or finding.path.startswith(f"{path}.")
        for path in own
    )
