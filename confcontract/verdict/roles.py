"""A role is a process type of one image (web, worker, migrate): its command, and the variables that it needs."""

from __future__ import annotations

from confcontract.report.problem import ERROR, INFO, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.contract.artifact import Contract


def find_role(contract: Contract, role: str) -> Mapping[str, Any]:
    """A role as the contract declares it. Raises UsageError (exit 64) if there is no such role."""
    if role in contract.roles:
        return contract.roles[role]
    from confcontract.report.did_you_mean import closest
    from confcontract.report.errors import UsageError

    known = sorted(contract.roles)
    guess = closest(role, known)
    hint = f"roles: {', '.join(known)}" if known else "it declares no roles; leave --role out"
    said = "the requested role"  # it may come from CONFCONTRACT_ROLE, and be a misplaced credential
    if guess:
        said, hint = f"role {role!r}", f"did you mean {guess}? {hint}"
    raise UsageError(Problem("usage", f"{said} is not declared in the contract", hint=hint))


def needs_of(contract: Contract, role: str | None) -> frozenset[str] | None:
    """The variables that a role needs; None for all. Raises UsageError."""
    needs = None if role is None else find_role(contract, role).get("needs")
    return None if needs is None else frozenset(needs)


def excuse(needs: frozenset[str], role: str | None, problems: list[Problem]) -> None:
    """A missing variable that this role does not need causes a note, not an error. needs: the variables that it
    needs."""
    for at, problem in enumerate(problems):
        if problem.rule == "missing" and problem.severity == ERROR and problem.variable not in needs:
            problems[at] = problem.but(severity=INFO, hint=f"not needed by role {role}")
