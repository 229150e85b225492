"""Applies a plan: secret by secret, each only if it has not changed since it was read; failures are reported."""

from __future__ import annotations

from confcontract.report.problem import WARNING, Problem
from confcontract.secrets.seeding.seed_plan import NOT_WRITTEN, WRITTEN, not_done
from confcontract.secrets.seeding.target import Held
from confcontract.secrets.vault.failure import REJECTED, RequestFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.secrets.seeding.seed_plan import SeedPlan, Targets
    from confcontract.secrets.seeding.target import SeedTarget


def apply_plan(plan: SeedPlan, targets: Targets) -> None:
    """Write. Rows of written secrets are marked, the others stay as they were; problems give the reasons.

    A secret that is not accepted does not prevent the others from being written.
    """
    rows = {row.variable: row for row in plan.rows}
    for (scheme, name), changes in plan.writes.items():
        target = targets(scheme)
        values = {key: value for key, (value, _) in changes.items()}
        variables = [variable for _, sharing in changes.values() for variable in sharing]
        held = plan.held[scheme, name]
        failed = target.write(name, held, values)
        if failed is not None:
            failed = _told_apart(target, name, held, values, failed)
        if failed is None:
            for variable in variables:
                rows[variable].verdict = WRITTEN
        else:
            plan.problems += [_problem(variable, scheme, name, failed) for variable in variables]


def hold_back(plan: SeedPlan) -> None:
    """Report for each secret that it was not written, because a plan with errors writes nothing. As a warning: the exit
    code is that of the errors.
    """
    message = "was not written: nothing is written while a store can't be read or a value is invalid"
    hint = "correct the errors of this report, and run confcontract secrets apply again"
    rows = {row.variable: row for row in plan.rows}
    for changes in plan.writes.values():
        for variable in (name for _, sharing in changes.values() for name in sharing):
            row = rows[variable]
            row.verdict = NOT_WRITTEN
            plan.problems.append(
                Problem(
                    "seed-not-written",
                    message,
                    variable=variable,
                    source=row.reference,
                    hint=hint,
                    severity=WARNING,
                )
            )


CONFLICT = "conflict"


def _told_apart(
    target: SeedTarget, name: str, held: Held, values: Mapping[str, str], failed: RequestFailed
) -> RequestFailed | None:
    """Decides about a refused write, or one whose answer was lost, by what is stored now. None if that is the value
    that was to be written.

    Stores have no code for a concurrent write; another version shows it.
    """
    if failed.kind != REJECTED and not failed.retry:
        return failed
    now = target.look([name])[name]
    if isinstance(now, RequestFailed):
        return failed
    if all(now.value(key) == value for key, value in values.items()):
        return None
    if now.version != held.version:
        return RequestFailed(CONFLICT, "it was changed in the meantime")
    return failed


def _problem(variable: str, scheme: str, name: str, failed: RequestFailed) -> Problem:
    problem = not_done(variable, scheme, name, failed, "written")
    return problem.but(code="seed-conflict") if failed.kind == CONFLICT else problem
